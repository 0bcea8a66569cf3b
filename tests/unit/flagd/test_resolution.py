"""What a variant is worth as each type of OpenFeature."""

import math

import pytest

from flagd.engine import Reason, Variant
from flagd.resolution import LARGEST_INTEGER, Resolution, Type, TypeMismatch, resolve
from flagd.rpc.status import RpcError, Status


def _variant(key="on", value="on", payload=None, reason=Reason.SPLIT, metadata=None):
    return Variant(key, value, payload, metadata or {}, reason, "s")


def _value(wanted, **fields):
    return resolve(_variant(**fields), wanted, "shop").value


VALUES = [
    # the payload, where there is one
    ("BOOLEAN", {"payload": True}, True),
    ("BOOLEAN", {"payload": False}, False),
    ("BOOLEAN", {"key": "off", "payload": False}, False),
    ("STRING", {"payload": ""}, ""),
    ("STRING", {"payload": "on"}, "on"),
    ("INTEGER", {"payload": 0}, 0),
    ("INTEGER", {"payload": 10.0}, 10),
    ("INTEGER", {"payload": -LARGEST_INTEGER}, -LARGEST_INTEGER),
    ("FLOAT", {"payload": 0.0}, 0.0),
    ("FLOAT", {"payload": 3}, 3.0),
    ("FLOAT", {"payload": 10**20}, 1e20),
    ("OBJECT", {"payload": {}}, {}),
    ("OBJECT", {"payload": {"a": [1, None]}}, {"a": [1, None]}),
    ("ANY", {"payload": [1]}, [1]),
    ("ANY", {"payload": "true"}, "true"),
    ("ANY", {"payload": 0.0}, 0.0),
    # else the text of the value
    ("STRING", {"value": "red"}, "red"),
    ("STRING", {"value": "on"}, "on"),
    ("BOOLEAN", {"value": "on"}, True),
    ("BOOLEAN", {"value": "true"}, True),
    ("BOOLEAN", {"value": "off"}, False),
    ("BOOLEAN", {"value": "false"}, False),
    ("ANY", {"value": "on"}, True),
    ("ANY", {"value": "off"}, False),
    ("ANY", {"value": "red"}, "red"),
    # a value that is not text, as other compilers may write
    ("OBJECT", {"value": {"a": 1}}, {"a": 1}),
    ("BOOLEAN", {"value": False}, False),
]


@pytest.mark.parametrize(("wanted", "fields", "value"), VALUES)
def test_a_value_is_the_payload_or_else_the_text(wanted, fields, value):
    found = _value(Type[wanted], **fields)
    assert (found, type(found)) == (value, type(value))


MISMATCHES = [
    ("BOOLEAN", {"payload": 1}, "a number, not a boolean"),
    ("BOOLEAN", {"payload": "true"}, "text, not a boolean"),
    ("BOOLEAN", {"payload": {"columns": 1}}, "an object, not a boolean"),
    ("BOOLEAN", {"value": "On"}, "text, not a boolean"),
    ("STRING", {"payload": True}, "a boolean, not text"),
    ("INTEGER", {"payload": 3.14}, "a number, not an integer within ±(2^53 - 1)"),
    ("INTEGER", {"payload": 2**53}, "a number, not an integer within ±(2^53 - 1)"),
    ("INTEGER", {"payload": math.inf}, "a number, not an integer within ±(2^53 - 1)"),
    ("INTEGER", {"payload": math.nan}, "a number, not an integer within ±(2^53 - 1)"),
    ("INTEGER", {"payload": True}, "a boolean, not an integer within ±(2^53 - 1)"),
    ("INTEGER", {"value": "1"}, "text, not an integer within ±(2^53 - 1)"),
    ("FLOAT", {"payload": False}, "a boolean, not a double (exact up to ±2^53)"),
    (
        "FLOAT",
        {"payload": 2**53 + 1},
        "a number, not a double (exact up to ±2^53)",
    ),
    ("FLOAT", {"payload": 10**400}, "a number, not a double (exact up to ±2^53)"),
    ("OBJECT", {"payload": [1]}, "a list, not an object"),
    ("OBJECT", {"value": "on"}, "text, not an object"),
]


@pytest.mark.parametrize(("wanted", "fields", "error"), MISMATCHES)
def test_what_cannot_be_had_without_loss_is_a_mismatch(wanted, fields, error):
    with pytest.raises(TypeMismatch) as refused:
        _value(Type[wanted], **fields)
    assert refused.value.message == f"type mismatch: the flag's value is {error}"
    assert refused.value.status is Status.INVALID_ARGUMENT


@pytest.mark.parametrize("wanted", list(Type))
@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        (None, "DEFAULT"),
        (_variant("off", None, reason=Reason.DEFAULT), "DEFAULT"),
        (_variant("off", "off", reason=Reason.SPLIT), "DEFAULT"),
        (_variant("off", None, reason=Reason.STATIC), "DEFAULT"),
        (_variant("off", None, reason=Reason.DISABLED), "DISABLED"),
        (_variant("none", None, reason=Reason.SPLIT), "DEFAULT"),
    ],
)
def test_without_a_value_it_is_the_callers_own_default(wanted, variant, reason):
    assert resolve(variant, wanted, "shop") == Resolution(None, reason, None, {"flagSetId": "shop"})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("STATIC", "STATIC"),
        ("SPLIT", "SPLIT"),
        ("TARGETING_MATCH", "TARGETING_MATCH"),
        ("DEFAULT", "DEFAULT"),
        ("DISABLED", "DISABLED"),
        ("TESTER", "TARGETING_MATCH"),
        ("STICKY", "TARGETING_MATCH"),
        ("PREREQUISITE", "DEFAULT"),
    ],
)
def test_every_reason_has_one_that_openfeature_knows(ours, theirs):
    assert resolve(_variant(reason=Reason(ours)), Type.ANY, "shop").reason == theirs


def test_what_the_engine_could_not_evaluate_is_an_internal_error_and_never_unknown():
    with pytest.raises(RpcError) as failed:
        resolve(_variant(reason=Reason.ERROR), Type.ANY, "shop")
    assert failed.value.status is Status.INTERNAL


def test_metadata_is_scalars_and_the_project():
    given = {"team": "payments", "tier": 1, "share": 0.5, "new": False, "list": [1], "none": None, "flagSetId": "x"}
    resolution = resolve(_variant(metadata=given), Type.ANY, "shop")
    assert resolution.metadata == {"team": "payments", "tier": 1, "share": 0.5, "new": False, "flagSetId": "shop"}
