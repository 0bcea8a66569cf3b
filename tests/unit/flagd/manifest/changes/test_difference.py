from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import KINDS
from flagd.manifest.changes.difference import differences, summary
from tests.unit.flagd.manifest.changes.edits import edited, made

SECRET = "maria@example.com"
FLAG: dict[str, Any] = {
    "active": True,
    "owner": SECRET,
    "description": SECRET,
    "deployments": ["web"],
    "variants": [
        {"key": "on", "payload": {"to": SECRET}, "testers": {"userIds": [SECRET]}},
        {"key": "big", "name": SECRET, "value": SECRET},
    ],
    "metadata": {"team": SECRET},
    "prerequisites": {"flags": [{"key": "new-account", "variants": ["on"]}]},
    "memberOf": [{"group": "exclusive", "slot": "slot-1"}],
    "segments": [
        {
            "name": "Canada",
            "match": [{"attribute": "user.country", "op": "is", "values": [SECRET]}],
            "rollout": {"percent": 5, "weights": {"on": 1}},
        },
        {"name": "Power", "segmentRefs": ["power-users"], "rollout": {"percent": 100}},
    ],
    "allOtherUsers": {"percent": 0},
}


def changed(path: str, value: Any) -> tuple[str, ...]:
    return differences(made("Flag", FLAG), made("Flag", edited(FLAG, path, value)))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("active", False, "active true → false"),
        ("active", None, "active true → false"),
        ("allOtherUsers.percent", "0.5", "allOtherUsers.percent 0 → 0.5"),
        ("allOtherUsers", None, "allOtherUsers.percent 0 → not set"),
        ("segments.0.rollout.percent", 25, "segments[Canada].rollout.percent 5 → 25"),
        ("segments.0.rollout.weights.on", 9, "segments[Canada].rollout.weights.on 1 → 9"),
        ("segments.0.match.0.values", ["CA"], "segments[Canada].match changed"),
        ("segments.0.name", "North", "segments[Canada] removed, segments[North] added"),
        ("segments.1", None, "segments[Power] removed"),
        ("segments.1.segmentRefs", ["pro"], "segments[Power].segmentRefs: power-users removed, "
         "segments[Power].segmentRefs: pro added"),
        ("variants.0.payload", {"to": "nobody"}, "variants[on].payload changed"),
        ("variants.0.testers", None, "variants[on].testers changed"),
        ("variants.1.key", "huge", "variants[big] removed, variants[huge] added"),
        ("deployments", ["web", "ios"], "deployments: ios added"),
        ("prerequisites.flags.0.variants", ["off"], "prerequisites.flags[new-account].variants: on removed, "
         "prerequisites.flags[new-account].variants: off added"),
        ("memberOf.0.slot", "slot-2", "memberOf[exclusive].slot slot-1 → slot-2"),
        ("description", "plain", "description changed"),
        ("metadata", {"team": "checkout"}, "metadata changed"),
        ("bucketing", {"salt": "old-salt"}, "bucketing.salt not set → old-salt"),
    ],
)  # fmt: skip
def test_a_change_is_said_with_its_field(path, value, said):
    assert ", ".join(changed(path, value)) == said


def test_the_order_of_variants_is_part_of_a_flag():
    assert changed("variants", FLAG["variants"][::-1]) == ("variants: order changed",)


def test_the_same_number_written_otherwise_is_no_change():
    assert changed("segments.0.rollout.percent", "5.0") == ()


def test_a_default_that_is_written_out_is_no_change():
    assert changed("testing", True) == ()


def test_nothing_that_may_name_a_user_is_quoted():
    bare = {"variants": [{"key": "other"}], "segments": []}
    for before, after in ((FLAG, bare), (bare, FLAG)):
        assert SECRET not in " ".join(differences(made("Flag", before), made("Flag", after)))
    for path in ("variants.0.testers.userIds", "segments.0.match.0.values"):
        assert SECRET not in " ".join(changed(path, ["someone"]))


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("FlagCohort", {"members": [SECRET]}, {"members": ["a", "b"]}, "members changed (1 → 2 entries)"),
        ("FlagGroup", {"type": "Holdout", "holdout": {"percent": 5}}, {"type": "Holdout", "holdout": {"percent": 9}},
         "holdout.percent 5 → 9"),
        ("FlagDeployment", {"type": "Client"}, {"type": "Server"}, "type Client → Server"),
        ("FlagSegment", {"match": [{"attribute": "user.country", "op": "is", "values": [SECRET]}]},
         {"match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}]}, "match changed"),
    ],
)  # fmt: skip
def test_every_kind_can_say_what_changed(kind, before, after, said):
    assert kind in KINDS
    assert ", ".join(differences(made(kind, before), made(kind, after))) == said


def test_many_changes_are_cut_short():
    assert summary([f"c{number}" for number in range(7)]) == "c0, c1, c2, c3, c4, and 2 more"
    assert summary(["only"]) == "only"
