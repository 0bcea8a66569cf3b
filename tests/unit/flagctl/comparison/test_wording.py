from __future__ import annotations

from typing import Any

import pytest

from flagctl.comparison.wording import newcomer, words
from flagd.manifest.changes.change import changes
from tests.unit.flagd.manifest.changes.edits import edited, made

FLAG: dict[str, Any] = {
    "active": True,
    "deployments": ["web"],
    "variants": [{"key": "on", "payload": {"to": 1}, "testers": {"userIds": ["ann"]}}, {"key": "big"}],
    "segments": [
        {
            "name": "Canada",
            "match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}],
            "rollout": {"percent": 5, "weights": {"on": 1}},
        },
        {"name": "Power", "segmentRefs": ["power-users"], "rollout": {"percent": 100}},
    ],
    "allOtherUsers": {"percent": 0},
}


def said(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [words(change) for change in changes(made(kind, before), made(kind, after))]


@pytest.mark.parametrize(
    ("path", "value", "phrases"),
    [
        ("active", False, ["active true → false"]),
        ("allOtherUsers.percent", "0.5", ["All Other Users 0 % → 0.5 %"]),
        ("segments.0.rollout.percent", 25, ["Canada 5 % → 25 %"]),
        ("segments.0.rollout.weights.on", 9, ["Canada weight of on 1 → 9"]),
        ("segments.0.match.0.values", ["CA", "US"], ["Canada: match: user.country is +US"]),
        ("segments.0.match.0.values", ["US"], ["Canada: match: user.country is +US; −CA"]),
        (
            "segments.0.match.0.op",
            "is not",
            ["Canada: match: user.country is CA → user.country is not CA"],
        ),
        (
            "segments.0.name",
            "North",
            ["segment Canada removed: 5 % of user.country is CA", "segment North added: 5 % of user.country is CA"],
        ),
        ("segments.1", None, ["segment Power removed: 100 % of segment power-users"]),
        ("segments", FLAG["segments"][::-1], ["segments: order Canada, Power → Power, Canada"]),
        ("segments.1.segmentRefs", ["pro"], ["Power: segmentRefs: −power-users", "Power: segmentRefs: +pro"]),
        ("variants.0.payload", {"to": 2}, ['variant on: payload {"to":1} → {"to":2}']),
        ("variants.0.testers.userIds", ["ann", "bob"], ["variant on: testers: +userIds bob"]),
        ("variants.1", None, ["variant big removed"]),
        ("deployments", ["web", "ios"], ["deployments: +ios"]),
        ("bucketing", {"salt": "old"}, ["bucketing.salt not set → old"]),
        ("owner", "x" * 500, [f"owner not set → {'x' * 79}…"]),
        ("prerequisites", {"flags": [{"key": "a", "variants": ["on"]}]}, ["prerequisites.match not set → All",
         "prerequisites.flags[a] added"]),
        ("ramp", {"plan": "standard"}, None),
    ],
)  # fmt: skip
def test_a_change_is_said_as_a_reader_would(path: str, value: Any, phrases: list[str] | None) -> None:
    found = said("Flag", FLAG, edited(FLAG, path, value))
    assert found == phrases if phrases is not None else found


def test_many_members_are_counted() -> None:
    before, after = {"members": ["a", "b"]}, {"members": ["b", *map(str, range(1000))]}
    assert said("FlagCohort", before, after) == ["members: +0, 1, 2, 3, 4 and 995 more; −a"]


def test_groups_of_conditions_are_said() -> None:
    def any_of(*countries: str) -> dict[str, Any]:
        match = [{"attribute": "user.country", "op": "is", "values": [each]} for each in countries]
        return {"anyOf": [{"match": [each]} for each in match]}

    found = said("FlagSegment", any_of("CA"), any_of("CA", "US"))
    assert found == ["anyOf: (user.country is CA) → (user.country is CA) or (user.country is US)"]


def test_a_new_flag_is_said_by_whom_it_reaches() -> None:
    assert newcomer(made("Flag", FLAG)) == "Canada 5 %, Power 100 %, All Other Users 0 %"
    assert newcomer(made("Flag", {**FLAG, "active": False})) == "inactive"
    assert newcomer(made("FlagCohort", {"members": []})) == ""
