"""Flag: the resource that teams write."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from flagd.manifest.condition import AnyOf, Match, SegmentRefs
from flagd.manifest.model import Id, Key, Model, Name, Text
from flagd.manifest.percent import Percent

Scalar = str | int | float | bool


class Bucketing(Model):
    """What decides a user's bucket: murmur3 of salt and the text of the key."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="Attribute path of the value that is hashed; user.user_id when absent, or groups.<unit>.name.",
    )
    salt: Key | None = Field(default=None, description="Text hashed before the value; the flag's key when absent.")


class Testers(Model):
    """Who gets a variant whatever the targeting says."""

    user_ids: list[Id] = Field(default_factory=list, max_length=2_000, description="User ids.")
    device_ids: list[Id] = Field(default_factory=list, max_length=2_000, description="Device ids.")
    cohorts: list[Name] = Field(default_factory=list, max_length=100, description="Names of FlagCohorts.")
    groups: dict[Name, list[Id]] = Field(
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
    weights: dict[Key, Annotated[int, Field(ge=0, le=1_000_000)]] | None = Field(
        default=None,
        max_length=100,
        description="Relative weight by variant key; a variant not named has 0. Even over all variants when absent.",
    )


class Segment(Model):
    """Users who match are decided here and see no later segment."""

    name: Annotated[str, Field(min_length=1, max_length=256)] = Field(description="Shown in answers and explanations.")
    match: Match
    any_of: AnyOf
    segment_refs: SegmentRefs
    rollout: Rollout = Field(description="What those who match get.")


class Prerequisite(Model):
    """A flag of the same project, and the variants of it that count as met."""

    key: Key = Field(description="Key of the other flag.")
    variants: list[Key] = Field(
        min_length=1, max_length=101, description='Its variants that count; "off" may be named.'
    )


class Prerequisites(Model):
    """What other flags must say first."""

    match: Literal["All", "Any"] = Field(default="All", description="All or Any of the flags below.")
    flags: list[Prerequisite] = Field(min_length=1, max_length=100, description="The other flags.")


class Membership(Model):
    """Membership of a FlagGroup."""

    group: Key = Field(description="Name of the FlagGroup.")
    slot: Name | None = Field(default=None, description="Slot of a MutualExclusion group; refused for a Holdout.")


class Tracking(Model):
    """What analytics is told."""

    exposure: bool = Field(default=True, description="Whether exposures are tracked.")
    experiment_key: Key | None = Field(default=None, description="Key of the experiment run, such as exp-1.")


class FlagSpec(Model):
    """What a flag is meant to be."""

    key: Key | None = Field(default=None, description="The name callers use; metadata.name when absent. Immutable.")
    display_name: Text | None = Field(default=None, description="Name for people.")
    description: Text | None = Field(default=None, description="What the flag does, for people.")
    owner: Text | None = Field(default=None, description="Who answers for it.")
    expires: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = Field(
        default=None,
        description="Date (YYYY-MM-DD, quoted) it should be gone. Reports only, never an answer.",
    )
    type: Literal["Release", "Experiment"] = Field(default="Release", description="Release or Experiment.")
    active: bool = Field(default=False, description="Whether targeting applies. False: off for all but testers.")
    testing: bool = Field(default=True, description="Whether testers are served while the flag is inactive.")
    evaluation_mode: Literal["Remote", "Local"] = Field(
        default="Remote", description="Local flags are also delivered to clients that evaluate in process."
    )
    deployments: list[Name] = Field(default_factory=list, max_length=100, description="Names of FlagDeployments.")
    bucketing: Bucketing = Field(default_factory=Bucketing, description="What decides a user's bucket.")
    allow_rebucket: bool = Field(
        default=False, description="Must be true in the change that alters salt, bucketing key or unit."
    )
    variants: list[Variant] = Field(min_length=1, max_length=100, description="Order is part of bucketing.")
    off_payload: Any = Field(default=None, description='What "off" carries; without it callers use their own default.')
    off_testers: Testers | None = Field(default=None, description='Who is held on "off".')
    metadata: dict[Name, Scalar] = Field(
        default_factory=dict, max_length=100, description="Returned with every answer."
    )
    prerequisites: Prerequisites | None = Field(default=None, description="Flags that must say something first.")
    sticky: bool = Field(default=False, description='Whether a user keeps the variant in "[Experiment] <key>".')
    member_of: list[Membership] = Field(default_factory=list, max_length=100, description="FlagGroups it belongs to.")
    tracking: Tracking | None = Field(default=None, description="What analytics is told.")
    ramp: Literal["Required"] | None = Field(
        default=None,
        description="Required: the percentage stays where it was until a FlagRollout names this flag.",
    )
    segments: list[Segment] = Field(default_factory=list, max_length=1_000, description="First match decides.")
    all_other_users: Rollout | None = Field(default=None, description="Whoever matched no segment; 0 % when absent.")
