from __future__ import annotations

from typing import Any

import pytest

from tests.unit.flagd.manifest.findings import flag, found, segment, warned
from tests.unit.flagd.manifest.wrong import FLAGS


@pytest.mark.parametrize("case", FLAGS.values(), ids=FLAGS)
def test_a_flag_that_contradicts_itself_is_refused(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


@pytest.mark.parametrize(
    "obj",
    [
        flag(),
        flag(variants=[{"key": "office"}, {"key": "offer"}]),
        flag(expires="2028-02-29"),
        flag(prerequisites={"flags": [{"key": "a", "variants": ["off"]}]}),
        flag(bucketing={"unit": "company", "key": "groups.company.properties.region"}),
        flag(metadata={"team": "payments", "tier": 1, "share": 0.5, "critical": True}),
        flag(variants=[{"key": "on", "payload": False}, {"key": "b", "payload": ""}, {"key": "c", "payload": 0}]),
        segment(rollout={"percent": 5.0, "weights": {"on": 1.0, "treatment": 0}}),
    ],
)
def test_a_flag_that_is_right_is_accepted_without_a_word(obj: Any):
    assert found(obj) == []


def test_two_segments_of_one_name_are_warned_of():
    one = segment()["spec"]["segments"][0]
    assert [(w.path, w.reason) for w in warned(flag(segments=[one, one]))] == [("spec.segments[1].name", "Repeated")]


def test_a_payload_of_false_is_kept_apart_from_none():
    from flagd.manifest import Flag, validate

    resource, _ = validate(flag(variants=[{"key": "on", "payload": False}, {"key": "b"}]))
    assert isinstance(resource, Flag)
    assert [variant.payload for variant in resource.spec.variants] == [False, None]
