"""Wrong manifests: what they are, where they are wrong, the reason and a part of the message.

The unit tests show them to `validate`, the cluster tests to a real API server as well.
"""

from __future__ import annotations

from typing import Any

from tests.unit.flagd.manifest.findings import MATCH, SLOTS, audience, condition, flag, group, resource, segment

Wrong = tuple[Any, str, str, str]

FIELDS: dict[str, Wrong] = {
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
        "unknown field `xyzzy`, known: from, members, unit",
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
        "`rollout` is missing: What users who match get.",
    ),
    "no variants": (flag(variants=[]), "spec.variants", "Empty", "is empty; leave it out or fill it"),
    "an unknown value": (flag(type="release"), "spec.type", "UnknownValue", "did you mean `Release`?"),
    "an unknown value that resembles nothing": (
        flag(evaluationMode="both"),
        "spec.evaluationMode",
        "UnknownValue",
        "`both` is not one of `Remote`, `Local`",
    ),
    "an unknown operator": (
        condition(op="is  not"),
        "spec.match[0].op",
        "UnknownValue",
        "unknown value `is  not`, did you mean `is not`?",
    ),
    "a boolean for an enumeration": (
        flag(type=True),
        "spec.type",
        "UnknownValue",
        "`true` is not one of `Release`, `Experiment`",
    ),
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
    "a list for a text": (flag(owner=["ann"]), "spec.owner", "WrongType", '`["ann"]` is a list; write a string'),
    "a text for a list": (flag(deployments="web"), "spec.deployments", "WrongType", "`web` is a string; write a list"),
    "a text for a mapping": (
        flag(bucketing="user"),
        "spec.bucketing",
        "WrongType",
        "`user` is a string; write a mapping",
    ),
    "a quoted boolean": (
        flag(active="true"),
        "spec.active",
        "WrongType",
        '"true" is a string; write true without quotes',
    ),
    "a quoted number": (
        segment(rollout={"percent": 5, "weights": {"on": "1"}}),
        "spec.segments[0].rollout.weights.on",
        "WrongType",
        '"1" is a string; write a whole number without quotes',
    ),
    "a text for a number": (
        segment(rollout={"percent": 5, "weights": {"on": "half"}}),
        "spec.segments[0].rollout.weights.on",
        "WrongType",
        "`half` is a string; write a whole number",
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
        "`25%` has a percent sign or a space; write 25",
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
        "`true` is not a percentage",
    ),
    "a date of another form": (
        flag(expires="1.3.2027"),
        "spec.expires",
        "InvalidForm",
        '`1.3.2027` is not a date; write it as "2027-03-01"',
    ),
    "a key with a space at its end": (flag(key="new "), "spec.key", "InvalidForm", "has a space at one end"),
    "a key of two lines": (flag(key="new\ncheckout"), "spec.key", "InvalidForm", "`new\\x0acheckout`"),
    "a key that is too long": (
        flag(key="k" * 257),
        "spec.key",
        "LimitExceeded",
        "has 257 characters; at most 256 are allowed",
    ),
    "too many variants": (
        flag(variants=[{"key": f"v{i}"} for i in range(101)]),
        "spec.variants",
        "LimitExceeded",
        "has 101 entries; at most 100 are allowed",
    ),
    "too many values": (
        condition(values=["x"] * 10_001),
        "spec.match[0].values",
        "LimitExceeded",
        "has 10,001 entries; at most 10,000 are allowed",
    ),
    "an empty name": (segment(name=""), "spec.segments[0].name", "Empty", "is empty"),
    "metadata that is not a scalar": (
        flag(metadata={"team": ["a"]}),
        "spec.metadata.team",
        "NotAScalar",
        '`["a"]` takes',
    ),
    "a hash of another form": (
        resource("FlagDeployment", {"type": "Client", "keyHashes": ["sha256:abc"]}),
        "spec.keyHashes[0]",
        "InvalidForm",
        "`sha256:abc` is not the hash of a key",
    ),
    "a name that Kubernetes refuses": (
        resource("FlagCohort", {}, name="New_Checkout"),
        "metadata.name",
        "InvalidForm",
        "`New_Checkout` is not a Kubernetes name",
    ),
    "a namespace that Kubernetes refuses": (
        resource("FlagCohort", {}, namespace="a.b"),
        "metadata.namespace",
        "InvalidForm",
        "`a.b` is not a namespace",
    ),
    "an annotation that is not text": (
        resource("FlagCohort", {}, annotations={"tier": 1}),
        "metadata.annotations.tier",
        "WrongType",
        'quote it: "1"',
    ),
    "no metadata": ({**flag(), "metadata": None}, "metadata", "WrongType", "has no value; write a mapping"),
    "no spec": (resource("FlagCohort", []), "spec", "WrongType", "`[]` is a list; write a mapping"),
}

FLAGS: dict[str, Wrong] = {
    "a variant named off": (flag(variants=[{"key": "OFF"}]), "spec.variants[0].key", "ReservedName", "`OFF`"),
    "two variants of one key": (
        flag(variants=[{"key": "a"}, {"key": "b"}, {"key": "a"}]),
        "spec.variants[2].key",
        "Repeated",
        "`a` is already at [0]",
    ),
    "a reserved segment name": (
        segment(name="All Other Users"),
        "spec.segments[0].name",
        "ReservedName",
        "`All Other Users`",
    ),
    "a weight for no variant": (
        segment(rollout={"percent": 5, "weights": {"on": 1, "treatmnt": 1}}),
        "spec.segments[0].rollout.weights.treatmnt",
        "UnknownVariant",
        "did you mean `treatment`?",
    ),
    "a weight for off": (
        flag(allOtherUsers={"percent": 5, "weights": {"on": 1, "off": 1}}),
        "spec.allOtherUsers.weights.off",
        "UnknownVariant",
        "`off` takes no weight",
    ),
    "a weight whose key was not quoted": (
        flag(allOtherUsers={"percent": 5, "weights": {"true": 1}}),
        "spec.allOtherUsers.weights.true",
        "UnknownVariant",
        'an unquoted on, yes or true arrives as "true": quote it',
    ),
    "no weight at all": (
        flag(allOtherUsers={"percent": 5, "weights": {"on": 0}}),
        "spec.allOtherUsers.weights",
        "AllZero",
        "leave weights out",
    ),
    "an empty list of weights": (
        flag(allOtherUsers={"percent": 5, "weights": {}}),
        "spec.allOtherUsers.weights",
        "AllZero",
        "leave weights out",
    ),
    "a day that does not exist": (
        flag(expires="2027-02-30"),
        "spec.expires",
        "InvalidForm",
        "not a day of the calendar",
    ),
    "a bucketing key that names nothing": (
        flag(bucketing={"key": "user.id"}),
        "spec.bucketing.key",
        "InvalidAttribute",
        "did you mean `user.user_id`?",
    ),
    "a bucketing key that is a list": (
        flag(bucketing={"key": "user.cohort_ids"}),
        "spec.bucketing.key",
        "InvalidAttribute",
        "is a list",
    ),
    "metadata that Amplitude sets": (
        flag(metadata={"flagVersion": 1}),
        "spec.metadata.flagVersion",
        "ReservedName",
        "`flagVersion`",
    ),
    "a deployment named twice": (flag(deployments=["web", "web"]), "spec.deployments[1]", "Repeated", "`web`"),
    "a segment referred to twice": (
        segment(segmentRefs=["a", "a"]),
        "spec.segments[0].segmentRefs[1]",
        "Repeated",
        "`a`",
    ),
    "a prerequisite named twice": (
        flag(prerequisites={"flags": [{"key": "a", "variants": ["on"]}, {"key": "a", "variants": ["off"]}]}),
        "spec.prerequisites.flags[1].key",
        "Repeated",
        "`a`",
    ),
    "a variant of a prerequisite named twice": (
        flag(prerequisites={"flags": [{"key": "a", "variants": ["on", "on"]}]}),
        "spec.prerequisites.flags[0].variants[1]",
        "Repeated",
        "`on`",
    ),
    "a group named twice": (
        flag(memberOf=[{"group": "g", "slot": "a"}, {"group": "g", "slot": "b"}]),
        "spec.memberOf[1].group",
        "Repeated",
        "`g`",
    ),
    "a cohort of testers named twice": (
        flag(offTesters={"cohorts": ["a", "a"]}),
        "spec.offTesters.cohorts[1]",
        "Repeated",
        "`a`",
    ),
    "a key of too many bytes": (flag(key="ä" * 129), "spec.key", "LimitExceeded", "258 bytes"),
    "a payload of null": (flag(offPayload=None), "spec.offPayload", "NullValue", "takes any JSON but null"),
}

GROUPS: dict[str, Wrong] = {
    "an exclusion without slots": (group(type="MutualExclusion"), "spec.slots", "MissingField", "`slots` is missing"),
    "a holdout without a holdout": (group(type="Holdout"), "spec.holdout", "MissingField", "`holdout` is missing"),
    "a holdout with slots": (
        group(type="Holdout", holdout={"percent": 5}, slots=SLOTS),
        "spec.slots",
        "UnwantedField",
        "has no place in a group of type Holdout",
    ),
    "an exclusion with a holdout": (
        group(type="MutualExclusion", slots=SLOTS, holdout={"percent": 5}),
        "spec.holdout",
        "UnwantedField",
        "has no place in a group of type MutualExclusion",
    ),
    "slots that do not fill": (
        group(type="MutualExclusion", slots=SLOTS[:1]),
        "spec.slots",
        "NotAHundred",
        "the slots sum to 60 percent; they must sum to 100",
    ),
    "two slots of one name": (
        group(type="MutualExclusion", slots=[SLOTS[0], {**SLOTS[1], "name": "slot-1"}]),
        "spec.slots[1].name",
        "Repeated",
        "`slot-1` is already at [0]",
    ),
    "a reserved slot": (
        group(type="MutualExclusion", slots=[SLOTS[0], {**SLOTS[1], "name": "Unallocated"}]),
        "spec.slots[1].name",
        "ReservedName",
        "such as slot-2",
    ),
    "a slot of more than all": (
        group(type="MutualExclusion", slots=[{"name": "a", "percent": 101}]),
        "spec.slots[0].percent",
        "OutOfRange",
        "`101` is above 100",
    ),
    "a slot of a text": (
        group(type="MutualExclusion", slots=[{"name": "a", "percent": "5"}]),
        "spec.slots[0].percent",
        "WrongType",
        '"5" is a string; write a whole number without quotes',
    ),
    "a holdout of nobody": (
        group(type="Holdout", holdout={"percent": 0}),
        "spec.holdout.percent",
        "OutOfRange",
        "`0` is below 1",
    ),
    "a holdout of everybody": (
        group(type="Holdout", holdout={"percent": 100}),
        "spec.holdout.percent",
        "OutOfRange",
        "`100` is above 99",
    ),
    "a group bucketed by nothing": (
        group(type="Holdout", holdout={"percent": 5}, bucketing={"key": "x"}),
        "spec.bucketing.key",
        "InvalidAttribute",
        "a property of your own is",
    ),
}

_NO_ATTRIBUTE = [{"op": "is", "values": ["US"]}]

AUDIENCES: dict[str, Wrong] = {
    "match beside any of": (audience(match=MATCH, anyOf=[{"match": MATCH}]), "spec.anyOf", "ExactlyOne", "one of them"),
    "no conditions": (audience(), "spec", "NoConditions", "write `match`, `anyOf` or `segmentRefs`"),
    "an empty list of references": (audience(segmentRefs=[]), "spec", "NoConditions", "has no conditions"),
    "a segment of a flag without conditions": (
        flag(segments=[{"name": "pro", "rollout": {"percent": 5}}]),
        "spec.segments[0]",
        "NoConditions",
        "for everybody: `allOtherUsers`",
    ),
    "an attribute beside a cohort": (
        condition(op="in cohort", values=["beta-users"]),
        "spec.match[0].attribute",
        "UnwantedField",
        "`in cohort` takes no attribute",
    ),
    "no attribute": (
        audience(match=_NO_ATTRIBUTE),
        "spec.match[0].attribute",
        "MissingField",
        "`is` compares one, such as user.country",
    ),
    "no attribute in any of": (
        audience(anyOf=[{"match": MATCH}, {"match": _NO_ATTRIBUTE}]),
        "spec.anyOf[1].match[0].attribute",
        "MissingField",
        "`attribute` is missing",
    ),
    "no attribute in a flag": (
        segment(match=_NO_ATTRIBUTE),
        "spec.segments[0].match[0].attribute",
        "MissingField",
        "`attribute` is missing",
    ),
    "no attribute in any of in a flag": (
        flag(segments=[{"name": "pro", "anyOf": [{"match": _NO_ATTRIBUTE}], "rollout": {"percent": 5}}]),
        "spec.segments[0].anyOf[0].match[0].attribute",
        "MissingField",
        "`attribute` is missing",
    ),
    "an attribute that does not exist": (
        condition(attribute="user.contry"),
        "spec.match[0].attribute",
        "InvalidAttribute",
        "did you mean `user.country`?",
    ),
    "an attribute of a dotted name": (
        condition(attribute="user.properties.a.b"),
        "spec.match[0].attribute",
        "InvalidAttribute",
        "`user.properties['a.b']`",
    ),
    "a broken regular expression": (
        condition(op="regex match", values=["fine", "(a"]),
        "spec.match[0].values[1]",
        "InvalidPattern",
        "is not a regular expression of RE2: missing )",
    ),
    "a broken glob": (
        condition(op="glob match", values=["[a"]),
        "spec.match[0].values[0]",
        "InvalidPattern",
        "is not a glob",
    ),
}
