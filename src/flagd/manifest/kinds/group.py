"""FlagGroup: flags that share users by rule: mutual exclusion and holdouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flagd.manifest.cel import Rule, distinct, one_of
from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.kind import Kind
from flagd.manifest.model import ATOMIC, KEYS, Model, Name, Whole
from flagd.manifest.parts.bucketing import KEY_RULE, Bucketing
from flagd.manifest.parts.testers import Testers, tester_references
from flagd.manifest.resource import Resource
from flagd.manifest.rules.group import RESERVED_SLOTS, check_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.reference import Reference


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


class FlagGroup(Resource):
    """Flags that share users: mutual exclusion or holdout. Its key is its name."""

    kind: Literal["FlagGroup"] = "FlagGroup"
    spec: FlagGroupSpec


def _references(spec: FlagGroupSpec) -> Iterator[Reference]:
    if spec.holdout is not None:
        yield from tester_references(spec.holdout.include, ("spec", "holdout", "include"))
        yield from tester_references(spec.holdout.exclude, ("spec", "holdout", "exclude"))


_EXCLUSION = "self.type == 'MutualExclusion'"

KIND = Kind(
    FlagGroup,
    "fgrp",
    check=check_group,
    references=_references,
    rules={
        "FlagGroupSpec": (
            Rule(
                f"{_EXCLUSION} ? has(self.slots) && !has(self.holdout) : has(self.holdout) && !has(self.slots)",
                "'a group of type ' + self.type + ' has ' + "
                f"({_EXCLUSION} ? 'slots, no holdout' : 'holdout, no slots')",
            ),
        ),
        "FlagGroupSpec.slots": (
            Rule("self.map(s, s.percent).sum() == 100", '"the slots must sum to 100 percent"'),
            distinct("name", "two slots have the same name"),
        ),
        "Bucketing.key": (KEY_RULE,),
        "Slot.name": (
            Rule(
                f"!(self.lowerAscii() in {one_of(RESERVED_SLOTS)})",
                "'`' + self + '` is reserved for users in no slot; choose another name, such as slot-1'",
            ),
        ),
    },
    columns=(Column("Type", "string", ".spec.type"), USED_BY, READY, MESSAGE),
    shared_names=KEYS,
    inlined=False,
)
