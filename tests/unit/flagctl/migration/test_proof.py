"""A proof finds every kind of difference between two forms of a flag."""

from __future__ import annotations

from typing import Any

import pytest

from flagctl.migration.proof import contexts, proof
from flagd.compiler import compile_project
from flagd.manifest import Flag
from tests.unit.flagctl.manifest import flag

PRO = [{"attribute": "user.properties.plan", "op": "is", "values": ["pro"]}]
NEW = [{"attribute": "user.version", "op": "version greater", "values": ["1.2.3"]}]


def compiled(**spec: Any) -> dict[str, Any]:
    made = Flag.model_validate(flag("f", **spec))
    return {each["key"]: each for each in compile_project([made], project="shop").flags}


def segment(match: object, percent: int = 100) -> list[dict[str, Any]]:
    return [{"name": "s", "match": match, "rollout": {"percent": percent}}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"bucketing": {"salt": "a"}, "allOtherUsers": {"percent": 50}}, {"allOtherUsers": {"percent": 50}}),
        ({"allOtherUsers": {"percent": 50}}, {"allOtherUsers": {"percent": 51}}),
        ({"segments": segment(PRO, 0)}, {}),
        ({"segments": segment(NEW, 0)}, {"segments": segment([{**NEW[0], "op": "version greater or equal"}], 0)}),
        ({"variants": [{"key": "on", "payload": 1}]}, {"variants": [{"key": "on", "payload": 2}]}),
        ({"variants": [{"key": "on", "testers": {"userIds": ["ann"]}}], "active": False}, {"active": False}),
    ],
    ids=["salt", "percent", "segment", "operator", "payload", "testers"],
)
def test_what_differs_for_some_users_is_found(one: dict[str, Any], other: dict[str, Any]):
    found = proof("f", compiled(**one), compiled(**other), 5_000)
    assert (found.proven, found.text[:13]) == (False, "NOT the same:")


def test_what_is_the_same_is_proven_by_the_same_users_each_time():
    form = compiled(segments=segment(PRO, 50), allOtherUsers={"percent": 10})
    assert proof("f", form, form, 100).text == "proven: 100 users get the same as from Amplitude's compiled form"
    assert list(contexts("f", [form], 50)) == list(contexts("f", [form], 50))


def test_what_cannot_be_asked_is_not_proven():
    form = compiled()
    withheld = {"f": {**form["f"], "segments": [{"variant": "off", "metadata": {"segmentName": "default"}}]}}
    assert (proof("f", {}, form, 10).proven, proof("f", form, {}, 10).proven) == (None, None)
    assert proof("f", withheld, form, 10).text == "not proven: Amplitude delivers remote flags without their targeting"
