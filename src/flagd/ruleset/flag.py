"""EvaluationFlag: the shape of one compiled flag, which is Amplitude's evaluation format.

Source: the models of Amplitude's public evaluation engines. Its SDKs refuse unknown fields, so
nothing is ever added here; what else we need is sent separately (see Ruleset).
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from flagd.ruleset.cohort import sees_every_cohort


class EvaluationCondition(TypedDict):
    """`selector` walks the target; `op` compares what is found with `values`."""

    selector: list[str]
    op: str
    values: list[str]


class EvaluationDistribution(TypedDict):
    """A variant for the distributions from `range[0]` up to, not including, `range[1]` (0 to 42949673)."""

    variant: str
    range: list[int]


class EvaluationAllocation(TypedDict):
    """Distributions for the allocations from `range[0]` up to, not including, `range[1]` (0 to 100)."""

    range: list[int]
    distributions: list[EvaluationDistribution]


class EvaluationBucket(TypedDict):
    """The value at `selector` is hashed with `salt` and looked up in `allocations`."""

    selector: list[str]
    salt: str
    allocations: list[EvaluationAllocation]


class EvaluationSegment(TypedDict):
    """Outer list of `conditions`: any; inner: all. Without conditions every user matches."""

    conditions: NotRequired[list[list[EvaluationCondition]]]
    bucket: NotRequired[EvaluationBucket]
    variant: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]


class EvaluationVariant(TypedDict):
    """What a user gets."""

    key: str
    value: NotRequired[Any]
    payload: NotRequired[Any]
    metadata: NotRequired[dict[str, Any]]


class EvaluationFlag(TypedDict):
    """One compiled flag; `segments` are tried in order."""

    key: str
    variants: dict[str, EvaluationVariant]
    segments: list[EvaluationSegment]
    dependencies: NotRequired[list[str]]
    metadata: NotRequired[dict[str, Any]]


RETAINED = "retained"
"""What flags and groups have in their metadata that were deleted, and stay because last good forms need them."""


def is_retained(flag: EvaluationFlag) -> bool:
    """Return whether `flag` was deleted and stays because last good forms need it."""
    metadata = flag.get("metadata", {})
    return metadata.get("deployed") is False and metadata.get(RETAINED) is True


def named_cohorts(flag: EvaluationFlag) -> frozenset[str]:
    """Return the ids of the cohorts that the conditions of `flag` ask for; none if it is malformed."""
    return frozenset(value for condition in _cohort_conditions(flag) for value in condition["values"])


def needs_every_cohort(flag: EvaluationFlag) -> bool:
    """Return whether a condition of `flag` depends on cohorts that it does not name."""
    return any(sees_every_cohort(each["op"], each["values"]) for each in _cohort_conditions(flag))


def _cohort_conditions(flag: EvaluationFlag) -> list[EvaluationCondition]:
    try:
        found = [
            condition
            for segment in flag["segments"]
            for every in segment.get("conditions", ())
            for condition in every
            if condition["selector"][-1:] == ["cohort_ids"]
        ]
        well_formed = all(isinstance(text, str) for each in found for text in (each["op"], *each["values"]))
    except (AttributeError, KeyError, TypeError):
        well_formed = False
    return found if well_formed else []  # the engine does not answer a malformed flag either
