from __future__ import annotations

from typing import Any

import pytest

from flagctl.promotion.carrying import carried, same

SEGMENT = {"name": "s", "match": ["x"], "rollout": {"percent": 10}}
STAGED = {"active": True, "segments": [SEGMENT], "allOtherUsers": {"percent": 25, "weights": {"on": 1}}}


@pytest.mark.parametrize(
    ("target", "only", "wanted"),
    [
        ({"owner": "team"}, (), STAGED | {"owner": "team"}),
        ({"active": False}, ("active",), {"active": True}),
        ({"allOtherUsers": {"percent": 5}}, ("percent",), {"allOtherUsers": {"percent": 25}}),
        ({"allOtherUsers": {"percent": 5}}, ("weights",), {"allOtherUsers": {"percent": 5, "weights": {"on": 1}}}),
        (
            {"allOtherUsers": {"percent": 25}, "segments": [{"name": "s", "match": ["y"], "rollout": {"percent": 1}}]},
            ("percent",),
            {"allOtherUsers": {"percent": 25}, "segments": [{"name": "s", "match": ["y"], "rollout": {"percent": 10}}]},
        ),
        (
            {"segments": [{"name": "other"}]},
            ("percent",),
            {"segments": [{"name": "other"}], "allOtherUsers": {"percent": 25}},
        ),
    ],
)
def test_what_is_asked_for_is_carried_and_all_else_stays(target: Any, only: tuple[str, ...], wanted: Any) -> None:
    before = repr(target)
    assert carried(STAGED, target, only) == wanted
    assert repr(target) == before


@pytest.mark.parametrize(
    ("one", "other", "alike"), [(5, "5", True), ("0.5", 0.5, True), (5, 6, False), ("x", "x", True)]
)
def test_a_percentage_means_the_same_however_it_is_written(one: object, other: object, alike: bool) -> None:
    assert same("percent", one, other) is alike


def test_numbers_and_truth_are_not_the_same() -> None:
    assert not same("payload", True, 1)
