"""What is said of a flag, as JSON."""

import json

import pytest

from flagd.api.ofrep.body import Bodies
from flagd.engine.variant import Reason, Variant
from flagd.rpc.plain import write_json
from flagd.rpc.status import RpcError


def _flag(*payloads):
    return {"key": "f", "variants": {str(number): {"payload": one} for number, one in enumerate(payloads)}}


def _variant(payload=None, key="on", value="on", reason=Reason.STATIC, **metadata):
    return Variant(key, value, payload, metadata, reason, "")


def _said(flag, variant):
    return json.loads(Bodies().find(flag, variant, "shop"))


def test_a_flag_with_a_value_is_answered_with_its_variant():
    assert _said(_flag(), _variant({"a": [1]}, team="payments")) == {
        "key": "f",
        "value": {"a": [1]},
        "reason": "STATIC",
        "variant": "on",
        "metadata": {"team": "payments", "flagSetId": "shop"},
    }


@pytest.mark.parametrize("value", [False, 0, 0.5, "", [], {}])
def test_a_value_that_is_nothing_is_a_value(value):
    assert _said(_flag(), _variant(value))["value"] == value


def test_on_is_true():
    assert _said(_flag(), _variant())["value"] is True


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        (None, "DEFAULT"),
        (_variant(key="off", value=None, reason=Reason.DISABLED), "DISABLED"),
        (_variant(key="off", value=None, reason=Reason.PREREQUISITE), "DEFAULT"),
    ],
)
def test_the_callers_own_default_is_no_value_and_an_empty_variant(variant, reason):
    said = _said(_flag(), variant)
    assert (said["reason"], said["variant"], "value" in said) == (reason, "", False)


@pytest.mark.parametrize("reason", Reason)
def test_reasons_are_those_that_openfeature_knows(reason):
    if reason is Reason.ERROR:
        with pytest.raises(RpcError):
            _said(_flag(), _variant(reason=reason))
        return
    assert _said(_flag(), _variant(reason=reason))["reason"] in {
        *("STATIC", "DEFAULT", "TARGETING_MATCH", "SPLIT", "DISABLED"),
    }


@pytest.mark.parametrize(
    ("payloads", "text"),
    [((0, 1), b"0"), ((0, 0.5), b"0.0"), ((0, "0.5"), b"0"), ((7, 0.5), b"7.0"), ((0.25, 1), b"0.25")],
)
def test_whole_numbers_of_a_flag_with_fractions_have_a_point(payloads, text):
    assert b'"value":%b,' % text in Bodies().find(_flag(*payloads), _variant(payloads[0]), "shop")


def test_a_flag_with_fractions_may_have_booleans():
    assert _said(_flag(True, 0.5), _variant(True))["value"] is True


def test_a_variant_is_encoded_once_per_project():
    bodies, variant = Bodies(), _variant()
    assert bodies.find(_flag(), variant, "shop") is bodies.find(_flag(), variant, "shop")
    assert bodies.find(_flag(), variant, "shop") != bodies.find(_flag(), variant, "billing")


def test_among_others_a_flag_that_cannot_be_evaluated_says_so():
    said = json.loads(Bodies().find_any(_flag(), _variant(reason=Reason.ERROR), "shop"))
    assert said == {"key": "f", "errorCode": "GENERAL", "errorDetails": "the flag cannot be evaluated"}


@pytest.mark.parametrize("value", [1 << 70, "\ud800", 0.0, "ä"])
def test_every_value_can_be_written(value):
    assert json.loads(write_json(value)) == value
