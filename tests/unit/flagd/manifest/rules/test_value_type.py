from __future__ import annotations

from typing import Any

import pytest

from tests.unit.flagd.manifest.findings import flag, found

LEGAL = {
    "Boolean": [True, False],
    "String": ["", "on", "1"],
    "Integer": [0, -1, 1.0, 2**53 - 1],
    "Float": [0, 0.0, -1.5, 1e10, 7],
    "JSON": [{}, {"a": 1}, [], [1, "a"]],
}
EVERYTHING = [True, "text", "1", 1, 1.5, {"a": 1}, [1], 2**53, 10**400]


def numbers(payload: Any) -> bool:
    return isinstance(payload, int | float) and not isinstance(payload, bool)


def belongs(payload: Any, declared: str) -> bool:
    if numbers(payload):
        return (declared == "Float" and payload != 10**400) or (declared == "Integer" and payload == 1)
    return declared == {bool: "Boolean", str: "String", dict: "JSON", list: "JSON"}[type(payload)]


@pytest.mark.parametrize("declared", LEGAL)
def test_every_payload_of_the_type_is_taken(declared: str):
    variants = [{"key": f"v{number}", "payload": payload} for number, payload in enumerate(LEGAL[declared])]
    assert found(flag(valueType=declared, variants=variants, offPayload=LEGAL[declared][0])) == []


@pytest.mark.parametrize("declared", LEGAL)
@pytest.mark.parametrize("payload", EVERYTHING, ids=lambda payload: str(payload)[:10])
def test_every_other_payload_is_refused_where_it_stands(declared: str, payload: Any):
    other = LEGAL[declared][0]
    for spec, path in (
        ({"variants": [{"key": "a", "payload": other}, {"key": "b", "payload": payload}]}, "spec.variants[1].payload"),
        ({"variants": [{"key": "a", "payload": other}], "offPayload": payload}, "spec.offPayload"),
    ):
        refused = [one for one in found(flag(valueType=declared, **spec)) if one.reason == "WrongValueType"]
        assert [one.path for one in refused] == ([] if belongs(payload, declared) else [path])
        assert all(f"valueType is {declared}" in one.message for one in refused)


@pytest.mark.parametrize("variant", [{"key": "on"}, {"key": "a", "value": "false"}, {"key": "big", "value": "1"}])
@pytest.mark.parametrize("declared", LEGAL)
def test_a_variant_without_payload_is_held_to_the_type_by_its_value(declared: str, variant: dict[str, str]):
    text = variant.get("value", variant["key"])
    legal = declared == "String" or (declared == "Boolean" and text in ("on", "false"))
    refused = found(flag(valueType=declared, variants=[variant]))
    path = "spec.variants[0].value" if "value" in variant else "spec.variants[0]"
    assert [(one.path, one.reason) for one in refused] == ([] if legal else [(path, "WrongValueType")])


def test_a_type_that_is_none_is_refused_with_those_there_are():
    (one,) = found(flag(valueType="Number"))
    assert (one.path, one.reason) == ("spec.valueType", "UnknownValue")
    assert "Float" in one.message


def test_the_type_is_not_set_by_metadata():
    (one,) = found(flag(metadata={"valueType": "Float"}))
    assert (one.path, one.reason) == ("spec.metadata.valueType", "ReservedName")
    assert "spec.valueType" in one.message
