import gc
import weakref

import pytest

from flagd.manifest import validate
from tests.unit.flagd.compiler.manifest import flag

EU = {"name": "eu", "match": [{"attribute": "user.country", "op": "is", "values": ["DE"]}], "rollout": {"percent": 5}}


def valid(name, segment, **more):
    obj = {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "Flag",
        "metadata": {"name": name},
        "spec": {"variants": [{"key": "on"}], "segments": [segment], **more},
    }
    return validate(obj)


def test_equal_parts_of_flags_are_one_object():
    (one, _), (other, _) = valid("a", EU), valid("b", {**EU, "match": [dict(EU["match"][0])]})
    assert one.spec.segments[0] is other.spec.segments[0]
    assert one.spec.variants[0] is other.spec.variants[0]


def test_parts_inside_of_different_parts_are_one_object():
    (one, _), (other, _) = valid("a", EU), valid("b", {**EU, "name": "Europe"})
    assert one.spec.segments[0] != other.spec.segments[0]
    assert one.spec.segments[0].match[0] is other.spec.segments[0].match[0]
    assert one.spec.segments[0].rollout is other.spec.segments[0].rollout


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.5), ("1", 1), ({"a": 1}, {"a": True}), ([1], [1.5])])
def test_what_json_tells_apart_stays_apart(one, other):
    payloads = []
    for payload in (one, other):
        resource, _ = valid("a", EU, variants=[{"key": "on", "payload": payload}])
        payloads.append(resource.spec.variants[0].payload)
    assert repr(payloads) == repr([one, other])


def test_what_is_refused_is_refused_again_with_its_place():
    wrong = {**EU, "rollout": {"percent": 101}}
    findings = [[(each.path, each.reason) for each in valid(name, wrong)[1]] for name in ("a", "b")]
    assert findings[0] == findings[1] == [("spec.segments[0].rollout.percent", "InvalidPercent")]


def test_a_name_of_python_is_refused_beside_one_that_was_let_pass():
    by_name = [{"key": "on", "testers": {"user_ids": ["ann"]}}]
    flag("f", variants=by_name)
    resource, findings = valid("a", EU, variants=by_name)
    assert resource is None
    assert findings


def test_a_part_lives_as_long_as_it_is_used():
    resource, _ = valid("a", {**EU, "name": "for a short time"})
    seen = weakref.ref(resource.spec.segments[0])
    del resource
    gc.collect()
    assert seen() is None
