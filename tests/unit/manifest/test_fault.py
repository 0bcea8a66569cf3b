"""What is said about fields of the wrong name, type, form or size."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.manifest.findings import MATCH, condition, flag, found, resource, segment

WRONG: dict[str, tuple[Any, str, str, str]] = {
    "an unknown field": (
        flag(allOtherUsers={"percentt": 5}),
        "spec.allOtherUsers.percentt",
        "UnknownField",
        "unknown field `percentt`, did you mean `percent`?",
    ),
    "an unknown field that resembles nothing": (
        resource("FlagCohort", {"xyzzy": 5}),
        "spec.xyzzy",
        "UnknownField",
        "unknown field `xyzzy`, known: members, unit",
    ),
    "snake case": (flag(display_name="x"), "spec.display_name", "UnknownField", "did you mean `displayName`?"),
    "an unknown field beside spec": (
        {**flag(), "specs": {}},
        "specs",
        "UnknownField",
        "unknown field `specs`, did you mean `spec`?",
    ),
    "a missing field": (
        segment(rollout={}),
        "spec.segments[0].rollout.percent",
        "MissingField",
        "`percent` is missing: 0 to 100 in steps of 0.001",
    ),
    "a segment without a rollout": (
        flag(segments=[{"name": "pro", "match": MATCH}]),
        "spec.segments[0].rollout",
        "MissingField",
        "`rollout` is missing: What those who match get.",
    ),
    "no variants": (flag(variants=[]), "spec.variants", "Empty", "is empty; leave it out or fill it"),
    "an unknown value": (flag(type="release"), "spec.type", "UnknownValue", "did you mean `Release`?"),
    "an unknown value that resembles nothing": (
        flag(evaluationMode="both"),
        "spec.evaluationMode",
        "UnknownValue",
        "`both` is none of `Remote`, `Local`",
    ),
    "an unknown operator": (
        condition(op="is  not"),
        "spec.match[0].op",
        "UnknownValue",
        "unknown value `is  not`, did you mean `is not`?",
    ),
    "a boolean for an enumeration": (flag(ramp=True), "spec.ramp", "UnknownValue", "`true` is none of `Required`"),
    "a boolean for a text": (
        condition(values=[True]),
        "spec.match[0].values[0]",
        "WrongType",
        '`true` without quotes is the boolean true; quote it: "true"',
    ),
    "a number for a text": (
        flag(key=5),
        "spec.key",
        "WrongType",
        '`5` without quotes is a number; quote it: "5"',
    ),
    "a list for a text": (flag(owner=["ann"]), "spec.owner", "WrongType", '`["ann"]` is a list; write text'),
    "a text for a list": (flag(deployments="web"), "spec.deployments", "WrongType", "`web` is text; write a list"),
    "a text for a mapping": (
        flag(bucketing="user"),
        "spec.bucketing",
        "WrongType",
        "`user` is text; write a mapping",
    ),
    "a quoted boolean": (flag(active="true"), "spec.active", "WrongType", '"true" is text; write true without quotes'),
    "a quoted number": (
        segment(rollout={"percent": 5, "weights": {"on": "1"}}),
        "spec.segments[0].rollout.weights.on",
        "WrongType",
        '"1" is text; write a whole number without quotes',
    ),
    "a text for a number": (
        segment(rollout={"percent": 5, "weights": {"on": "half"}}),
        "spec.segments[0].rollout.weights.on",
        "WrongType",
        "`half` is text; write a whole number",
    ),
    "a fraction for a whole number": (
        segment(rollout={"percent": 5, "weights": {"on": 0.5}}),
        "spec.segments[0].rollout.weights.on",
        "WrongType",
        "`0.5` is a number; write a whole number",
    ),
    "a negative weight": (
        segment(rollout={"percent": 5, "weights": {"on": -1}}),
        "spec.segments[0].rollout.weights.on",
        "OutOfRange",
        "`-1` is below 0",
    ),
    "a weight beyond all measure": (
        segment(rollout={"percent": 5, "weights": {"on": 1_000_001}}),
        "spec.segments[0].rollout.weights.on",
        "OutOfRange",
        "`1000001` is above 1,000,000",
    ),
    "a fraction that is not quoted": (
        flag(allOtherUsers={"percent": 0.5}),
        "spec.allOtherUsers.percent",
        "UnquotedFraction",
        '0.5 is a fraction; quote it: "0.5"',
    ),
    "a percent sign": (
        flag(allOtherUsers={"percent": "25%"}),
        "spec.allOtherUsers.percent",
        "InvalidPercent",
        '`25%` is no percentage; write 0 to 100 in steps of 0.001: 25 or "0.5"',
    ),
    "more than all": (flag(allOtherUsers={"percent": 101}), "spec.allOtherUsers.percent", "InvalidPercent", "`101`"),
    "a step too small": (
        flag(allOtherUsers={"percent": "0.0005"}),
        "spec.allOtherUsers.percent",
        "InvalidPercent",
        "steps of 0.001",
    ),
    "a boolean for a percentage": (
        flag(allOtherUsers={"percent": True}),
        "spec.allOtherUsers.percent",
        "InvalidPercent",
        "`true` is no percentage",
    ),
    "a date of another form": (
        flag(expires="1.3.2027"),
        "spec.expires",
        "InvalidForm",
        '`1.3.2027` is no date; write it as "2027-03-01"',
    ),
    "a key with a space at its end": (flag(key="new "), "spec.key", "InvalidForm", "has a space at one end"),
    "a key of two lines": (flag(key="new\ncheckout"), "spec.key", "InvalidForm", "`new\\x0acheckout`"),
    "a key that is too long": (
        flag(key="k" * 257),
        "spec.key",
        "LimitExceeded",
        "holds 257 characters; at most 256 are allowed",
    ),
    "too many variants": (
        flag(variants=[{"key": f"v{i}"} for i in range(101)]),
        "spec.variants",
        "LimitExceeded",
        "holds 101 entries; at most 100 are allowed",
    ),
    "too many values": (
        condition(values=["x"] * 10_001),
        "spec.match[0].values",
        "LimitExceeded",
        "holds 10,001 entries; at most 10,000 are allowed",
    ),
    "an empty name": (segment(name=""), "spec.segments[0].name", "Empty", "is empty"),
    "metadata that is no scalar": (flag(metadata={"team": ["a"]}), "spec.metadata.team", "NotAScalar", '`["a"]` takes'),
    "a hash of another form": (
        resource("FlagDeployment", {"type": "Client", "keyHashes": ["sha256:abc"]}),
        "spec.keyHashes[0]",
        "InvalidForm",
        "`sha256:abc` is no hash of a key",
    ),
    "a name that Kubernetes refuses": (
        resource("FlagCohort", {}, name="New_Checkout"),
        "metadata.name",
        "InvalidForm",
        "`New_Checkout` is no Kubernetes name",
    ),
    "a namespace that Kubernetes refuses": (
        resource("FlagCohort", {}, namespace="a.b"),
        "metadata.namespace",
        "InvalidForm",
        "`a.b` is no namespace",
    ),
    "an annotation that is no text": (
        resource("FlagCohort", {}, annotations={"tier": 1}),
        "metadata.annotations.tier",
        "WrongType",
        'quote it: "1"',
    ),
    "no metadata": ({**flag(), "metadata": None}, "metadata", "WrongType", "has no value; write a mapping"),
    "no spec": (resource("FlagCohort", []), "spec", "WrongType", "`[]` is a list; write a mapping"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_a_wrong_field_is_told_with_what_would_be_right(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


def test_a_misspelt_field_is_not_told_to_be_missing_as_well():
    assert [one.reason for one in found(segment(rollout={"precent": 5}))] == ["UnknownField"]


def test_all_faults_of_a_resource_are_told_at_once():
    reasons = [one.reason for one in found(flag(key=5, ramp="No", variants=[{"key": "on", "vlaue": "x"}]))]
    assert reasons == ["WrongType", "UnknownValue", "UnknownField"]


def test_messages_are_one_line_and_short():
    (finding,) = found(flag(type="x\ny" * 10_000))
    assert len(finding.message) < 200
    assert finding.message.isprintable()
