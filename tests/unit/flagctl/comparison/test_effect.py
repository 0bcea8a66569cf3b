from __future__ import annotations

from typing import Any

import pytest

from flagctl.comparison.effect import effects
from flagd.manifest.changes.change import changes
from tests.unit.flagd.manifest.changes.edits import made

TWO = [{"key": "a"}, {"key": "b"}]
THREE = [*TWO, {"key": "c"}]
MATCH = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]


def done(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = made(kind, before), made(kind, after)
    return effects(old, new, changes(old, new))


def flag(**spec: Any) -> dict[str, Any]:
    return {"active": True, "variants": TWO, "allOtherUsers": {"percent": 50}, **spec}


def weighted(percent: int, **weights: int) -> dict[str, Any]:
    return {"percent": percent, "weights": weights}


SEGMENT = {"name": "Canada", "match": MATCH, "rollout": {"percent": 5}}


@pytest.mark.parametrize(
    ("before", "after", "start"),
    [
        (flag(), flag(allOtherUsers={"percent": 60}), "weights unchanged; salt unchanged: nobody moves"),
        (flag(), flag(allOtherUsers={"percent": 10}), "weights unchanged; salt unchanged: nobody moves"),
        (flag(), flag(allOtherUsers=weighted(60, a=1, b=1)), "salt unchanged: nobody moves"),
        (flag(), flag(allOtherUsers=weighted(50, a=3, b=1)), "All Other Users: 25.00% of the users who have a variant"),
        (flag(), flag(variants=THREE), "All Other Users: 50.00% of the users who have a variant get another one"),
        (flag(), flag(bucketing={"salt": "s"}), "the bucketing changed (salt): every user gets another bucket"),
        (flag(), flag(bucketing={"unit": "company"}), "the bucketing changed (unit, key): every user"),
        (flag(), flag(segments=[SEGMENT]), "who is meant changed: flagctl impact --population says whom"),
        (flag(), flag(active=False), "who is meant changed"),
        (flag(), flag(variants=[{"key": "a", "testers": {"userIds": ["u"]}}, TWO[1]]), "who is meant changed"),
        (flag(), flag(variants=[{"key": "a", "payload": 1}, TWO[1]]), "makes 'a' an integer"),
    ],
)
def test_an_edit_is_said_by_whom_it_moves(before: dict[str, Any], after: dict[str, Any], start: str) -> None:
    found = done("Flag", before, after)
    assert [each for each in found if each.startswith(start)], found


@pytest.mark.parametrize("field", [{"owner": "team"}, {"description": "x"}, {"expires": "2030-01-01"}])
def test_an_edit_that_no_answer_depends_on_has_no_effect(field: dict[str, Any]) -> None:
    assert done("Flag", flag(), flag(**field)) == []


def test_a_group_moves_users_too() -> None:
    def slots(*names: str) -> dict[str, Any]:
        return {"type": "MutualExclusion", "slots": [{"name": name, "percent": 50} for name in names]}

    assert done("FlagGroup", slots("one", "two"), slots("two", "one"))[0].startswith("All Other Users: 100.00%")


def test_other_kinds_are_followed_to_flags_instead() -> None:
    assert done("FlagCohort", {"members": ["a"]}, {"members": ["b"]}) == []
