"""Movement: which users an edit moves, said before it happens."""

from __future__ import annotations

import pytest

from flagd.compiler import moves
from flagd.compiler.edits.movement import movements
from flagd.hashing import bucket
from tests.unit.flagd.compiler.manifest import ON_PRO, compiled, flag, mutex, segments


def split(*keys, percent=100, **weights):
    rollout = {"percent": percent, **({"weights": weights} if weights else {})}
    return flag("f", variants=[{"key": key} for key in keys], allOtherUsers=rollout)


def shares(before, after):
    """The share of users with a variant who change it, and who lose it, in percent."""
    found = list(movements(segments(compiled(before), "f"), segments(compiled(after), "f")))
    return (round(found[0].changed * 100, 1), round(found[0].left * 100, 1)) if found else (0, 0)


EDITS = {
    "raise": (split("a", "b", percent=10), split("a", "b", percent="55.5"), (0, 0)),
    "lower": (split("a", "b", percent=50), split("a", "b", percent="0.25"), (0, 0)),
    "from nobody": (split("a", "b", percent=0), split("a", "b", percent=100), (0, 0)),
    "to nobody": (split("a", "b"), split("a", "b", percent=0), (0, 0)),
    "a third at the end": (split("a", "b"), split("a", "b", "c"), (50, 0)),
    "a third without weight": (split("a", "b", a=1, b=1), split("a", "c", "b", a=1, b=1), (0, 0)),
    "a third in the middle": (split("a", "b"), split("a", "c", "b"), (33.3, 0)),
    "another order": (split("a", "b"), split("b", "a"), (100, 0)),
    "one of three gone": (split("a", "b", "c"), split("a", "c"), (33.3, 0)),
    "one percent of weight": (split("a", "b", a=50, b=50), split("a", "b", a=49, b=51), (1, 0)),
    "the second of an only one": (split("a"), split("a", "b"), (50, 0)),
    "weights at half a percent": (
        split("a", "b", percent="0.5", a=50, b=50),
        split("a", "b", percent="0.5", a=90, b=10),
        (0, 50),
    ),
    "weights at a whole percent": (split("a", "b", percent=5), split("a", "b", percent=5, a=60, b=40), (10, 0)),
}


@pytest.mark.parametrize("case", EDITS)
def test_the_share_is_what_users_see(case):
    before, after, expected = EDITS[case]
    found = shares(before, after)
    assert found == pytest.approx(expected, abs=0.1)
    assert found == pytest.approx(counted(before, after), abs=20 if case == "weights at half a percent" else 3)


def counted(before, after):
    old, new = (_engine(one) for one in (before, after))
    users = [f"user-{number}" for number in range(10_000)]
    pairs = [(old(user), new(user)) for user in users]
    had = [pair for pair in pairs if pair[0] != "off"]
    admitted = sum(two != "off" for _, two in pairs)
    changed = sum(one != two != "off" for one, two in had)
    left = 0 if admitted < len(had) * 0.9 else sum(two == "off" for _, two in had)
    return 100 * changed / max(len(had), 1), 100 * left / max(len(had), 1)


def _engine(one):
    (segment,) = segments(compiled(one), "f")

    def decide(user):
        if "bucket" not in segment:
            return segment["variant"]
        found = bucket("f", user)
        for allocation in segment["bucket"]["allocations"]:
            if allocation["range"][0] <= found.allocation < allocation["range"][1]:
                for part in allocation["distributions"]:
                    if part["range"][0] <= found.distribution < part["range"][1]:
                        return part["variant"]
        return "off"

    return decide


def test_the_compiler_says_so_at_the_edit_and_not_after_it():
    first = compiled(split("a", "b"))
    edited = first.update([split("a", "b", "c")])
    assert [(each.reason, each.path) for each in edited.diagnostics] == [("UsersMove", "spec.allOtherUsers")]
    assert "50.00% of the users who have a variant get another one" in edited.diagnostics[0].message
    assert edited.update([split("a", "b", "c", percent=50)]).diagnostics == []
    assert compiled(split("a", "b", "c")).diagnostics == []


def test_every_segment_is_looked_at_and_named():
    def targeted(*keys):
        pro = {"name": "pro", "match": [ON_PRO], "rollout": {"percent": 100}}
        return flag("f", variants=[{"key": key} for key in keys], segments=[pro], allOtherUsers={"percent": 0})

    (found,) = moves(targeted("a", "b"), targeted("b", "a"))
    assert (found.path, found.message.split(":")[0]) == ("spec.segments[0].rollout", "this edit moves users in pro")
    (found,) = compiled(targeted("a", "b")).update([targeted("b", "a")]).diagnostics
    assert found.path == "spec.segments[0].rollout"


def test_slots_of_a_group_move_users_too():
    first = compiled(mutex("g", slot_1=50, slot_2=50))
    (found,) = first.update([mutex("g", slot_1=30, slot_2=70)]).diagnostics
    assert (found.reason, found.path) == ("UsersMove", "spec.slots")
    assert "20.00%" in found.message
