"""Definitions of flagd become manifests; what cannot be said leaves the flag inactive, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from flagctl.migration.flagd_definition import from_flagd
from flagctl.migration.imported import ForeignError
from flagctl.migration.transfer import transfers

SIZES = {"state": "ENABLED", "variants": {"small": 1, "large": 2}, "defaultVariant": "small"}
PRO = {"==": [{"var": "plan"}, "pro"]}
BOOLEAN = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"}


def imported(flag: dict[str, Any], **document: Any) -> Any:
    (found,) = from_flagd({"flags": {"f": flag}, **document})
    (transfer,), _ = transfers([found])
    assert transfer.faults == ()
    return found


def test_variants_keep_their_values_and_types():
    spec = imported(SIZES).manifest()["spec"]
    assert (spec["valueType"], spec["active"]) == ("Integer", True)
    assert spec["variants"] == [{"key": "small", "payload": 1}, {"key": "large", "payload": 2}]
    assert spec["allOtherUsers"] == {"percent": 100, "weights": {"small": 1}}


def test_off_is_the_variant_that_every_flag_has():
    spec = imported({**BOOLEAN, "targeting": {"if": [PRO, "on", "off"]}}).manifest()["spec"]
    assert (spec["offPayload"], [each["key"] for each in spec["variants"]]) == (False, ["on"])
    assert [each["rollout"] for each in spec["segments"]] == [{"percent": 100, "weights": {"on": 1}}]
    assert spec["allOtherUsers"] == {"percent": 0}


def test_nested_branches_are_decided_in_order():
    inner = {"if": [{">": [{"var": "age"}, 18]}, "large", None]}
    spec = imported({**SIZES, "targeting": {"if": [PRO, inner, {"in": ["x", {"var": "plan"}]}, "large", "small"]}}).spec
    assert [(len(each["match"]), list(each["rollout"]["weights"])) for each in spec["segments"]] == [
        (2, ["large"]),
        (1, ["small"]),
        (1, ["large"]),
    ]


def test_a_disabled_flag_is_inactive_and_nothing_is_lost():
    found = imported({**SIZES, "state": "DISABLED"})
    assert (found.losses, found.spec["active"]) == ((), False)


def test_shared_rules_are_put_where_they_are_referred_to():
    found = imported({**SIZES, "targeting": {"if": [{"$ref": "pros"}, "large"]}}, **{"$evaluators": {"pros": PRO}})
    assert found.spec["segments"][0]["match"][0]["values"] == ["pro"]


@pytest.mark.parametrize(
    ("targeting", "said"),
    [
        ({"fractional": [["small", 25], ["large", 75]]}, "the buckets of fractional: flagd hashes otherwise"),
        ({"if": [{"$ref": "nobody"}, "large"]}, "the targeting: $evaluators has no nobody"),
        ({"if": [{"missing": ["plan"]}, "large"]}, 'the targeting: the operator "missing" has no equal here'),
        ({"if": [PRO, "huge"]}, 'the targeting: there is no variant "huge"'),
        ({"fractional": [["small", 0.5], ["large", 1]]}, "the targeting: fractional has the share ['small', 0.5]"),
    ],
)
def test_what_has_no_equal_leaves_the_flag_inactive(targeting: object, said: str):
    found = imported({**SIZES, "targeting": targeting})
    assert found.losses[0].text.startswith(said)
    assert (found.losses[0].moves, found.manifest()["spec"]["active"]) == (True, False)


def test_a_split_keeps_its_shares_and_its_attribute():
    by = {"cat": [{"var": "$flagd.flagKey"}, {"var": "email"}]}
    spec = imported({**BOOLEAN, "targeting": {"fractional": [by, ["on", 1], ["off", 3]]}}).spec
    assert (spec["allOtherUsers"], spec["bucketing"]) == (
        {"percent": 25, "weights": {"on": 1}},
        {"key": "user.properties.email"},
    )


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the file is not an object"),
        ({}, 'the file has no "flags"'),
        ({"flags": {"f": 3}}, "flag f is not an object"),
        ({"flags": [{"variants": {}}]}, 'the file: flags[0] has no "key"'),
        ({"flags": {"f": {"variants": []}}}, "flag f: variants is not an object"),
    ],
)
def test_what_flagd_does_not_read_is_refused_with_its_place(document: object, said: str):
    with pytest.raises(ForeignError) as refused:
        from_flagd(document)
    assert str(refused.value).startswith(said)
