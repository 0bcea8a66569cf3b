from __future__ import annotations

from typing import Any

import pytest

from flagctl.failure import Refused
from flagctl.live.adjustment import Adjustment, changes

MATCH = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]


def flag() -> dict[str, Any]:
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "Flag",
        "metadata": {"name": "checkout", "resourceVersion": "7"},
        "spec": {
            "active": True,
            "variants": [{"key": "on"}],
            "segments": [
                {"name": name, "match": MATCH, "rollout": {"percent": 5, "weights": {"on": 1}}} for name in ("CA", "US")
            ],
            "allOtherUsers": {"percent": 1, "weights": {"on": 1}},
        },
    }


@pytest.mark.parametrize(
    ("adjustment", "said", "fields"),
    [
        (Adjustment(active=False), ("active true → false",), ["spec.active"]),
        (Adjustment(percent="0.5"), ("allOtherUsers.percent 1 → 0.5",), ["spec.allOtherUsers.percent"]),
        (Adjustment(percent=25, segment="US"), ("segments[US].rollout.percent 5 → 25",), ["spec.segments"]),
        (
            Adjustment(active=False, percent=0),
            ("active true → false", "allOtherUsers.percent 1 → 0"),
            ["spec.active", "spec.allOtherUsers.percent"],
        ),
        (Adjustment(active=True), (), ["spec.active"]),
    ],
)
def test_one_thing_is_set_and_said(adjustment, said, fields):
    merge = adjustment.merge_of(flag())
    assert changes(flag(), merge) == said
    assert merge["metadata"] == {"resourceVersion": "7"}
    assert [".".join(field) for field in adjustment.fields] == fields


def test_the_weights_stay():
    merge = Adjustment(percent=9).merge_of(flag())
    assert merge["spec"] == {"allOtherUsers": {"percent": 9}}
    merge = Adjustment(percent=9, segment="CA").merge_of(flag())
    assert merge["spec"]["segments"][0]["rollout"] == {"percent": 9, "weights": {"on": 1}}


def test_a_segment_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(Refused, match="did you mean"):
        Adjustment(percent=9, segment="CAN").merge_of(flag())


@pytest.mark.parametrize("percent", [101, "abc", "50%", "0.0001", ""])
def test_what_is_no_percentage_is_refused_before_it_is_sent(percent):
    with pytest.raises(Refused, match=r"spec\.allOtherUsers\.percent"):
        changes(flag(), Adjustment(percent=percent).merge_of(flag()))
