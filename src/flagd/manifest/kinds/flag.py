"""Flag: the resource that teams write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from flagd.manifest.cel import Rule, distinct, one_of, unchanged
from flagd.manifest.column import MESSAGE, READY, Column
from flagd.manifest.interned import INTERNED
from flagd.manifest.kind import Kind
from flagd.manifest.model import ATOMIC, KEYS, RESERVED_SEGMENT_NAMES, SET, Key, Model, Name, Names, Text, Whole, map_by
from flagd.manifest.parts.audience import AUDIENCE_RULES, MATCH_RULE, audience_references
from flagd.manifest.parts.bucketing import KEY_RULE, Bucketing
from flagd.manifest.parts.condition import AnyOf, Match, SegmentRefs
from flagd.manifest.parts.percent import PERCENT_RULE, Percent
from flagd.manifest.parts.ramp import RAMP_FORMS, RAMP_RULES, Ramp, plan_references
from flagd.manifest.parts.rollout_status import ALLOCATIONS, ROLLOUT
from flagd.manifest.parts.testers import Testers, tester_references
from flagd.manifest.reference import Reference
from flagd.manifest.resource import Resource
from flagd.manifest.rules.flag import check_flag
from flagd.manifest.schema import Schema, integer, text
from flagd.value_type import ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _scalar(value: object) -> str | int | float | bool:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    if isinstance(value, (str, int, float)) and len(str(value)) <= 4096:
        return value
    raise PydanticCustomError("NotAScalar", "takes a string of at most 4,096 characters, a number or a boolean")


Scalar = Annotated[
    str | int | float | bool,
    PlainValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
"""A text, a number or a boolean."""


class Variant(Model):
    """One thing a user may get."""

    key: Key = Field(description="What callers see. Any string but `off`.")
    name: Text | None = Field(default=None, description="Display name.")
    description: Text | None = Field(default=None, description="What it does.")
    value: Text | None = Field(default=None, description="String value; the key when absent.")
    payload: Any = Field(default=None, description="Any JSON but null; the typed value for OpenFeature.")
    testers: Testers | None = Field(default=None, description="Users who get this variant whatever the targeting says.")


class Rollout(Model):
    """How much of a segment gets a variant, and which."""

    percent: Percent = Field(description='0 to 100 in steps of 0.001; quote fractions ("0.5").')
    weights: dict[Key, Annotated[Whole, Field(ge=0, le=1_000_000)]] | None = Field(
        default=None,
        max_length=100,
        description="Relative weight by variant key; a variant not named has 0. Even over all variants when absent.",
        json_schema_extra={"x-kubernetes-map-type": "atomic"},
    )


class Segment(Model):
    """Users who match are decided here and see no later segment."""

    name: Key = Field(description="Shown in answers and explanations.")
    match: Match
    any_of: AnyOf
    segment_refs: SegmentRefs
    rollout: Annotated[Rollout, INTERNED] = Field(description="What users who match get.")


class Prerequisite(Model):
    """A flag of the same project, and the variants of it that count as met."""

    key: Key = Field(description="Key of the other flag.")
    variants: list[Key] = Field(
        min_length=1,
        max_length=101,
        description='Those of its variants that count as met; may include "off".',
        json_schema_extra=SET,
    )


class Prerequisites(Model):
    """What other flags must say first."""

    match: Literal["All", "Any"] = Field(default="All", description="All or Any of the flags below.")
    flags: list[Prerequisite] = Field(
        min_length=1, max_length=100, description="The other flags, each once.", json_schema_extra=map_by("key")
    )


class Membership(Model):
    """Membership of a FlagGroup."""

    group: Key = Field(description="Name of the FlagGroup.")
    slot: Name | None = Field(default=None, description="Slot of a MutualExclusion group; refused for a Holdout.")


class Tracking(Model):
    """Hints for SDKs that track exposures; flagd itself sends none."""

    exposure: bool = Field(default=True, description="Whether SDKs should track exposures; flagd itself sends none.")
    experiment_key: Key | None = Field(default=None, description="Key of the experiment run, such as exp-1.")


class FlagSpec(Model):
    """What a flag is meant to be."""

    key: Key | None = Field(default=None, description="The name callers use; metadata.name when absent. Immutable.")
    display_name: Text | None = Field(default=None, description="Display name.")
    description: Text | None = Field(default=None, description="What the flag does.")
    owner: Text | None = Field(default=None, description="Team or person responsible for it.")
    expires: Annotated[str, Field(max_length=10, pattern=DATE, json_schema_extra={"format": "date"})] | None = Field(
        default=None,
        description="Date (YYYY-MM-DD, quoted) by which it should be removed. Only for reports: it changes no answer.",
    )
    type: Literal["Release", "Experiment"] = Field(default="Release", description="Release or Experiment.")
    active: bool = Field(
        default=False, description="Whether targeting applies. If false, everybody but testers gets off."
    )
    testing: bool = Field(default=True, description="Whether testers are served while the flag is inactive.")
    evaluation_mode: Literal["Remote", "Local"] = Field(
        default="Remote", description="Local flags are also delivered to clients that evaluate in process."
    )
    deployments: Names = Field(default_factory=list, max_length=100, description="Names of FlagDeployments.")
    bucketing: Bucketing = Field(default=Bucketing(), description="What decides a user's bucket.")
    allow_rebucket: bool = Field(
        default=False, description="Must be true in the change that alters salt, bucketing key or unit."
    )
    value_type: ValueType | None = Field(
        default=None,
        description="Type of every payload, or of the value without one: Boolean, String, Integer, Float or JSON "
        "(a mapping or a list). Answers name it, and a Float keeps its decimal point; any type when absent.",
    )
    variants: list[Annotated[Variant, INTERNED]] = Field(
        min_length=1, max_length=100, description="Order is part of bucketing.", json_schema_extra=ATOMIC
    )
    off_payload: Any = Field(default=None, description='What "off" carries; without it callers use their own default.')
    off_testers: Testers | None = Field(default=None, description='Who is held on "off".')
    metadata: dict[Name, Scalar] = Field(
        default_factory=dict, max_length=100, description="Strings, numbers and booleans, returned with every answer."
    )
    prerequisites: Prerequisites | None = Field(default=None, description="Flags on whose variants this one depends.")
    sticky: bool = Field(default=False, description='Whether users keep the variant in "[Experiment] <key>".')
    member_of: list[Membership] = Field(
        default_factory=list,
        max_length=100,
        description="FlagGroups it belongs to, each once.",
        json_schema_extra=map_by("group"),
    )
    tracking: Tracking | None = Field(default=None, description="Hints for SDKs that track exposures.")
    segments: list[Annotated[Segment, INTERNED]] = Field(
        default_factory=list, max_length=1_000, description="First match decides.", json_schema_extra=ATOMIC
    )
    all_other_users: Annotated[Rollout, INTERNED] | None = Field(
        default=None, description="Users who match no segment; 0 % when absent."
    )
    ramp: Ramp | None = Field(
        default=None,
        description="How the percents rise to the goals above; at once when absent and no plan is default.",
    )


class Flag(Resource):
    """A feature flag."""

    kind: Literal["Flag"] = "Flag"
    spec: FlagSpec

    @property
    def key(self) -> str:
        """What callers name the flag by."""
        return self.spec.key or self.metadata.name


def _references(spec: FlagSpec) -> Iterator[Reference]:
    for index, name in enumerate(spec.deployments):
        yield Reference("FlagDeployment", name, ("spec", "deployments", index))
    for index, each in enumerate(spec.prerequisites.flags if spec.prerequisites is not None else ()):
        yield Reference("Flag", each.key, ("spec", "prerequisites", "flags", index, "key"))
    for index, membership in enumerate(spec.member_of):
        yield Reference("FlagGroup", membership.group, ("spec", "memberOf", index, "group"))
    yield from tester_references(spec.off_testers, ("spec", "offTesters"))
    for index, variant in enumerate(spec.variants):
        if variant.testers is not None:
            yield from tester_references(variant.testers, ("spec", "variants", index, "testers"))
    for index, segment in enumerate(spec.segments):
        yield from audience_references(segment, ("spec", "segments", index))
    yield from plan_references(spec.ramp, ("spec", "ramp"))


_KEY = "(has(self.spec.key) ? self.spec.key : self.metadata.name)"
_SALT = f"(has(self.spec.bucketing) && has(self.spec.bucketing.salt) ? self.spec.bucketing.salt : {_KEY})"
_UNIT = "(has(self.bucketing) && has(self.bucketing.unit) ? self.bucketing.unit : 'User')"
_BY = (
    "(has(self.bucketing) && has(self.bucketing.key) ? self.bucketing.key : "
    f"({_UNIT} == 'User' ? 'user.user_id' : 'groups.' + {_UNIT} + '.name'))"
)
_REBUCKET = "has(self.allowRebucket) && self.allowRebucket"
_SALT_REBUCKET = "has(self.spec.allowRebucket) && self.spec.allowRebucket"
_MOVES = "which moves users between variants; set allowRebucket: true in the same change"

_RULES: dict[str, tuple[Rule, ...]] = {
    "Flag": (
        unchanged("key", _KEY, "!has(self.spec.key)", "and callers ask by the key; declare a new flag", ".spec.key"),
        # Without a salt, before and after, it is the key.
        unchanged("salt", _SALT, "!has(self.spec.bucketing)", _MOVES, ".spec.bucketing.salt", unless=_SALT_REBUCKET),
    ),
    "FlagSpec": (
        unchanged("bucketing unit", _UNIT, "!has(self.bucketing)", _MOVES, ".bucketing.unit", unless=_REBUCKET),
        unchanged("bucketing key", _BY, "!has(self.bucketing)", _MOVES, ".bucketing.key", unless=_REBUCKET),
        Rule(
            "!has(self.allOtherUsers) || !has(self.allOtherUsers.weights) || "
            "self.allOtherUsers.weights.all(k, self.variants.exists(v, v.key == k))",
            '"weights name a variant that the flag does not have"',
            ".allOtherUsers.weights",
        ),
    ),
    "FlagSpec.key": (
        Rule("size(bytes(self)) <= 256", "'`' + self + '` takes more than 256 bytes; callers could not ask for it'"),
    ),
    "FlagSpec.variants": (distinct("key", "two variants have the same key"),),
    "Variant.key": (
        Rule(
            "self.lowerAscii() != 'off'",
            "'`' + self + '` is reserved: every flag has a variant off already; choose another key'",
        ),
    ),
    "Segment": AUDIENCE_RULES,
    "Segment.name": (
        Rule(
            f"!(self in {one_of(RESERVED_SEGMENT_NAMES)})",
            "'`' + self + '` is reserved for what the compiler adds; choose another name'",
        ),
    ),
    "Segment.match": (MATCH_RULE,),
    "Rollout.weights": (
        Rule(
            "self.exists(k, self[k] > 0)",
            '"weights give no variant any weight; leave weights out for an even split"',
        ),
    ),
    "Rollout.percent": (PERCENT_RULE,),
    "Bucketing.key": (KEY_RULE,),
    **RAMP_RULES,
}
_STATUS: Schema = {
    "published": text(
        "How many replicas of how many serve it: 3/3, or 3/3 (gen 1) while an earlier form is served.", 48
    ),
    "revision": text("Hash of the compiled flag; other flags do not change it.", 128),
    "shortRevision": text("The first 8 digits of revision, for tables.", 8),
    "servedGeneration": integer("The generation that is served; lower than the newest while that one is invalid."),
    "settledSince": {
        "type": "string",
        "format": "date-time",
        "description": "Since when everybody gets the same; absent where users may get different variants.",
    },
    "settledOn": {
        "type": "object",
        "description": "What everybody gets; another variant, value or payload sets settledSince again.",
        "properties": {
            "variant": text("Key of the variant.", 256),
            "digest": text("The first 8 digits of the hash of its value and payload.", 8),
        },
    },
    "effective": {
        "type": "object",
        "description": "The flag with all defaults filled in.",
        "properties": {
            "rollout": text("Percent of All Other Users and the number of segments; absent while inactive.", 128),
            "percent": text("Effective percent of All Other Users, as a string.", 16),
            "variants": text("Keys of the variants, in order.", 4096),
            "salt": text("What is hashed before the bucketing value.", 256),
            "allocations": ALLOCATIONS,
        },
    },
    "rollout": ROLLOUT,
}
KIND = Kind(
    Flag,
    "flg",
    check=check_flag,
    references=_references,
    rules=_RULES,
    columns=(
        Column("Active", "boolean", ".spec.active"),
        Column("Variants", "string", ".status.effective.variants"),
        Column("Rollout", "string", ".status.effective.rollout"),
        READY,
        Column("Published", "string", ".status.published"),
        MESSAGE,
        Column("Balanced", "string", '.status.conditions[?(@.type=="Balanced")].status', wide=True),
        Column("Revision", "string", ".status.shortRevision", wide=True),
        Column("Owner", "string", ".spec.owner", wide=True),
        Column("Expires", "string", ".spec.expires", wide=True),
    ),
    status=_STATUS,
    selectable=("owner", "active"),
    forms={DATE: 'is not a date; write it as "2027-03-01"', **RAMP_FORMS},
    key_field="key",
    shared_names=KEYS,
    inlined=False,
)
