from __future__ import annotations

from typing import Any

import pytest

from flagctl.impact.segments import notes, segment_pairs
from tests.unit.flagctl.impact.asked import question

CANADA = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]
FRANCE = [{"attribute": "user.country", "op": "is", "values": ["FR"]}]


def spec(*segments: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    named = [{"name": name, "match": match, "rollout": {"percent": 5}} for name, match in segments]
    return {"variants": [{"key": "on"}], "segments": named, "allOtherUsers": {"percent": 0}, **fields}


def sides(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[Any, Any]:
    asked = question(before, after)
    return asked.before.flag("f"), asked.after.flag("f")


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (spec(("a", CANADA)), spec(("a", CANADA)), ["a", "All Other Users"]),
        (spec(("a", CANADA)), spec(("b", CANADA)), ["All Other Users"]),
        (None, spec(("a", CANADA)), ["a", "All Other Users"]),
        (spec(("a", CANADA)), None, ["a", "All Other Users"]),
    ],
)
def test_segments_of_one_name_belong_together(before: Any, after: Any, names: list[str]) -> None:
    assert [pair.name for pair in segment_pairs(*sides(before, after))] == names


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (spec(("a", CANADA)), spec(("b", CANADA)), ("b is new", "a is gone")),
        (spec(("a", CANADA), ("b", FRANCE)), spec(("b", FRANCE), ("a", CANADA)), ("the order of segments changed",)),
        (spec(("a", CANADA)), spec(("a", FRANCE)), ("who is in a segment changed",)),
        (
            spec(),
            spec(variants=[{"key": "on", "testers": {"userIds": ["u"]}}]),
            ("testers, prerequisites or groups changed",),
        ),
        (spec(), spec(), ("a flag, group or cohort that it depends on changed",)),
        (spec(), spec(allOtherUsers={"percent": 5}), ()),
        (None, spec(), ()),
    ],
)
def test_what_segments_cannot_tell_is_said(before: Any, after: Any, said: tuple[str, ...]) -> None:
    assert notes(*sides(before, after)) == said
