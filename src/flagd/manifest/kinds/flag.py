"""Flag: the resource that teams write."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from flagd.manifest.model import ATOMIC, SET, Attribute, Ids, Key, Model, Name, Names, Text, Whole, map_by
from flagd.manifest.parts.condition import AnyOf, Match, SegmentRefs
from flagd.manifest.parts.percent import Percent

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _scalar(value: object) -> str | int | float | bool:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    if isinstance(value, (str, int, float)) and len(str(value)) <= 4096:
        return value
    raise PydanticCustomError("NotAScalar", "takes one text of at most 4,096 characters, a number or a boolean")


Scalar = Annotated[
    str | int | float | bool,
    PlainValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
"""A text, a number or a boolean."""


class Bucketing(Model):
    """What decides a user's bucket: murmur3 of salt and the text of the key."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    key: Attribute | None = Field(
        default=None,
        description="Attribute path of the value that is hashed; user.user_id when absent, or groups.<unit>.name.",
    )
    salt: Key | None = Field(default=None, description="Text hashed before the value; the flag's key when absent.")


class Testers(Model):
    """Who gets a variant whatever the targeting says."""

    user_ids: Ids = Field(default_factory=list, max_length=2_000, description="User ids.")
    device_ids: Ids = Field(default_factory=list, max_length=2_000, description="Device ids.")
    cohorts: Names = Field(default_factory=list, max_length=100, description="Names of FlagCohorts.")
    groups: dict[Name, Annotated[Ids, Field(max_length=2_000)]] = Field(
        default_factory=dict, max_length=100, description="Group names by group type: {company: [acme]}."
    )


class Variant(Model):
    """One thing a user may get."""

    key: Key = Field(description="What callers see. Any text but `off`.")
    name: Text | None = Field(default=None, description="Name for people.")
    description: Text | None = Field(default=None, description="What it does, for people.")
    value: Text | None = Field(default=None, description="Text value; the key when absent.")
    payload: Any = Field(default=None, description="Any JSON but null; the typed value for OpenFeature.")
    testers: Testers | None = Field(default=None, description="Who gets this variant whatever the targeting says.")


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
    rollout: Rollout = Field(description="What those who match get.")


class Prerequisite(Model):
    """A flag of the same project, and the variants of it that count as met."""

    key: Key = Field(description="Key of the other flag.")
    variants: list[Key] = Field(
        min_length=1,
        max_length=101,
        description='Its variants that count; "off" may be named.',
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
    """What answers tell SDKs that track; flagd itself sends nothing to anybody."""

    exposure: bool = Field(default=True, description="Whether SDKs that track exposures are to; flagd sends none.")
    experiment_key: Key | None = Field(default=None, description="Key of the experiment run, such as exp-1.")


class FlagSpec(Model):
    """What a flag is meant to be."""

    key: Key | None = Field(default=None, description="The name callers use; metadata.name when absent. Immutable.")
    display_name: Text | None = Field(default=None, description="Name for people.")
    description: Text | None = Field(default=None, description="What the flag does, for people.")
    owner: Text | None = Field(default=None, description="Who answers for it.")
    expires: Annotated[str, Field(max_length=10, pattern=DATE, json_schema_extra={"format": "date"})] | None = Field(
        default=None,
        description="Date (YYYY-MM-DD, quoted) it should be gone. Reports only, never an answer.",
    )
    type: Literal["Release", "Experiment"] = Field(default="Release", description="Release or Experiment.")
    active: bool = Field(default=False, description="Whether targeting applies. False: off for all but testers.")
    testing: bool = Field(default=True, description="Whether testers are served while the flag is inactive.")
    evaluation_mode: Literal["Remote", "Local"] = Field(
        default="Remote", description="Local flags are also delivered to clients that evaluate in process."
    )
    deployments: Names = Field(default_factory=list, max_length=100, description="Names of FlagDeployments.")
    bucketing: Bucketing = Field(default=Bucketing(), description="What decides a user's bucket.")
    allow_rebucket: bool = Field(
        default=False, description="Must be true in the change that alters salt, bucketing key or unit."
    )
    value_type: Literal["Boolean", "String", "Integer", "Float", "JSON"] | None = Field(
        default=None,
        description="What every payload is (without one, the value): Boolean, String, Integer, Float or JSON "
        "(a mapping or a list). Callers are told, and a Float keeps its decimal point; any type when absent.",
    )
    variants: list[Variant] = Field(
        min_length=1, max_length=100, description="Order is part of bucketing.", json_schema_extra=ATOMIC
    )
    off_payload: Any = Field(default=None, description='What "off" carries; without it callers use their own default.')
    off_testers: Testers | None = Field(default=None, description='Who is held on "off".')
    metadata: dict[Name, Scalar] = Field(
        default_factory=dict, max_length=100, description="Texts, numbers and booleans, returned with every answer."
    )
    prerequisites: Prerequisites | None = Field(default=None, description="Flags that must say something first.")
    sticky: bool = Field(default=False, description='Whether a user keeps the variant in "[Experiment] <key>".')
    member_of: list[Membership] = Field(
        default_factory=list,
        max_length=100,
        description="FlagGroups it belongs to, each once.",
        json_schema_extra=map_by("group"),
    )
    tracking: Tracking | None = Field(default=None, description="What answers tell SDKs that track.")
    segments: list[Segment] = Field(
        default_factory=list, max_length=1_000, description="First match decides.", json_schema_extra=ATOMIC
    )
    all_other_users: Rollout | None = Field(default=None, description="Whoever matched no segment; 0 % when absent.")
