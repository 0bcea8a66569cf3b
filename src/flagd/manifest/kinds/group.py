"""FlagGroup: flags that share users by rule: mutual exclusion and holdouts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flagd.manifest.kinds.flag import Bucketing, Testers
from flagd.manifest.model import ATOMIC, Model, Name, Whole


class Slot(Model):
    """A share of users for the flags in it."""

    name: Name = Field(description="slot-1, slot-2 …: the variant that members depend on.")
    percent: Annotated[Whole, Field(ge=0, le=100)] = Field(description="Whole percent; all slots sum to 100.")


class Holdout(Model):
    """A share of users that none of the members reach."""

    percent: Annotated[Whole, Field(ge=1, le=99)] = Field(description="Whole percent of users held out, 1 to 99.")
    include: Testers | None = Field(default=None, description="Always held out.")
    exclude: Testers | None = Field(default=None, description="Never held out.")


class FlagGroupSpec(Model):
    """Mutual exclusion: a user is in one slot. Holdout: a user is held out of every member, or of none."""

    type: Literal["MutualExclusion", "Holdout"] = Field(description="MutualExclusion or Holdout.")
    slots: list[Slot] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="For MutualExclusion: shares of users, summing to 100. Their order is part of bucketing.",
        json_schema_extra=ATOMIC,
    )
    holdout: Holdout | None = Field(default=None, description="For Holdout.")
    bucketing: Bucketing = Field(default=Bucketing(), description="What decides a user's bucket.")
