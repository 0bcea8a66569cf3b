"""Condition: one comparison of an attribute with values, and the ways to combine several."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flagd.manifest.interned import INTERNED
from flagd.manifest.model import ATOMIC, Attribute, Model, Names

Operator = Literal[
    "is",
    "is not",
    "contains",
    "does not contain",
    "less",
    "less or equal",
    "greater",
    "greater or equal",
    "version less",
    "version less or equal",
    "version greater",
    "version greater or equal",
    "set is",
    "set is not",
    "set contains",
    "set does not contain",
    "set contains any",
    "set does not contain any",
    "regex match",
    "regex does not match",
    "glob match",
    "glob does not match",
    "in cohort",
    "not in cohort",
]
COHORT_OPERATORS: frozenset[str] = frozenset({"in cohort", "not in cohort"})
GLOB_OPERATORS: frozenset[str] = frozenset({"glob match", "glob does not match"})
REGEX_OPERATORS: frozenset[str] = frozenset({"regex match", "regex does not match"})
SET_OPERATORS: frozenset[str] = frozenset(
    {"set is", "set is not", "set contains", "set does not contain", "set contains any", "set does not contain any"}
)
VERSION_OPERATORS: frozenset[str] = frozenset(
    {"version less", "version less or equal", "version greater", "version greater or equal"}
)

OPERATOR_SYNONYMS = {
    "=": "is",
    "==": "is",
    "eq": "is",
    "equal": "is",
    "equals": "is",
    "in": "is",
    "one of": "is",
    "is one of": "is",
    "is any of": "is",
    "any of": "is",
    "is in": "is",
    "!=": "is not",
    "ne": "is not",
    "neq": "is not",
    "not equals": "is not",
    "not in": "is not",
    "is not one of": "is not",
    "is none of": "is not",
    "not one of": "is not",
    "<": "less",
    "lt": "less",
    "<=": "less or equal",
    "lte": "less or equal",
    ">": "greater",
    "gt": "greater",
    ">=": "greater or equal",
    "gte": "greater or equal",
    "includes": "contains",
    "has": "contains",
    "not contains": "does not contain",
    "contains any": "set contains any",
    "contains any of": "set contains any",
    "starts with": "glob match",
    "ends with": "glob match",
    "matches": "regex match",
    "regex": "regex match",
    "regexp": "regex match",
    "glob": "glob match",
    "semver": "version greater or equal",
    "semver gt": "version greater",
    "semver gte": "version greater or equal",
    "semver lt": "version less",
    "semver lte": "version less or equal",
    "in segment": "in cohort",
}
"""What other systems call an operator."""
EXISTENCE_OPERATORS = {
    "exists": "is not",
    "is set": "is not",
    "is not null": "is not",
    "is present": "is not",
    "not exists": "is",
    "does not exist": "is",
    "is not set": "is",
    "is null": "is",
    "is empty": "is",
}
"""What other systems call our operator with the value "(none)"."""

Value = Annotated[str, Field(max_length=4096)]
"""One value to compare with. Always text: quote numbers, dates, `on` and `no`."""


class Condition(Model):
    """One comparison. It holds when the attribute stands in the relation `op` to the values."""

    attribute: Attribute | None = Field(
        default=None,
        description="Path of what is compared, such as user.country, user.properties.plan or "
        "groups.company.name. Left out with `in cohort` and `not in cohort`.",
    )
    op: Operator = Field(description="The operator. Text is compared with case unless its name says otherwise.")
    values: list[Value] = Field(
        min_length=1,
        max_length=10_000,
        description="What is compared with: strings. With `in cohort`, names of FlagCohorts.",
        json_schema_extra=ATOMIC,
        fail_fast=True,
    )


class ConditionGroup(Model):
    """Conditions that must all hold."""

    match: list[Annotated[Condition, INTERNED]] = Field(
        min_length=1, max_length=100, description="Conditions that must all hold.", json_schema_extra=ATOMIC
    )


Match = Annotated[
    list[Annotated[Condition, INTERNED]] | None,
    Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Conditions that must all hold.",
        json_schema_extra=ATOMIC,
    ),
]
AnyOf = Annotated[
    list[ConditionGroup] | None,
    Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Groups of which at least one must hold.",
        json_schema_extra=ATOMIC,
    ),
]
SegmentRefs = Annotated[
    Names,
    Field(default_factory=list, max_length=100, description="FlagSegments that must all hold too."),
]
