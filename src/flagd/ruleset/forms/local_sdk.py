"""Local SDK: a flag as Amplitude's SDKs for local evaluation must have it to answer as flagd does.

Their engines differ from ours in two things that can be written otherwise. They compile patterns with JavaScript's or
Python's engine, and raise for all flags of a call where one is refused. And a user without the attribute does not meet
``set is not`` and ``regex does not match`` there (ruling 2).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from flagd.dialect import Untranslatable, translate
from flagd.ruleset.forms.client_ruleset import switched_off
from flagd.ruleset.metadata.private import amplitude_form

if TYPE_CHECKING:
    from flagd.ruleset.flag import EvaluationCondition, EvaluationFlag, EvaluationSegment

NONE = "(none)"
PATTERN_OPERATORS = frozenset({"regex match", "regex does not match"})
MOST_ALTERNATIVES = 1_000


class NotForLocalSdks(ValueError):
    """The SDKs would not answer as flagd does. The text says why."""


def for_local_sdks(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` so that the SDKs answer alike: itself where they do; where they cannot, off for everybody."""
    try:
        flag = amplitude_form(flag)
        segments = [_segment(segment) for segment in flag["segments"]]
    except (NotForLocalSdks, AttributeError, KeyError, TypeError):  # flagd does not answer a malformed one either
        return switched_off(flag)
    if all(after is before for after, before in zip(segments, flag["segments"], strict=True)):
        return flag
    delivered = flag.copy()
    delivered["segments"] = segments
    return delivered


def sdk_conditions(any_of: list[list[EvaluationCondition]]) -> list[list[EvaluationCondition]]:
    """Return conditions of a segment that hold in the SDKs where `any_of` holds in flagd.

    Raises:
        NotForLocalSdks: there are none, or more than 1,000 alternatives of them.
    """
    found: list[list[EvaluationCondition]] = []
    for every in any_of:
        spelled = [_spelled(condition) for condition in every]
        amount = 1
        for alternatives in spelled:
            amount *= len(alternatives)
            if len(found) + amount > MOST_ALTERNATIVES:
                raise NotForLocalSdks(f"users without an attribute take more than {MOST_ALTERNATIVES:,} alternatives")
        found += map(list, product(*spelled))
    return found


def _segment(segment: EvaluationSegment) -> EvaluationSegment:
    any_of = segment.get("conditions")
    if not any_of or all(_is_alike(condition) for every in any_of for condition in every):
        return segment
    delivered = segment.copy()
    delivered["conditions"] = sdk_conditions(any_of)
    return delivered


def _is_alike(condition: EvaluationCondition) -> bool:
    return condition["op"] not in PATTERN_OPERATORS and not _lets_in_missing(condition)


def _lets_in_missing(condition: EvaluationCondition) -> bool:
    """Return whether a user without the attribute meets `condition` in flagd alone."""
    op = condition["op"]
    return op == "regex does not match" or (op == "set is not" and NONE not in condition["values"])


def _spelled(condition: EvaluationCondition) -> list[EvaluationCondition]:
    """Return the conditions of which one must hold."""
    written = condition
    if condition["op"] in PATTERN_OPERATORS:
        values = list(dict.fromkeys(map(_translated, condition["values"])))
        written = {"selector": condition["selector"], "op": condition["op"], "values": values}
    if not _lets_in_missing(condition):
        return [written]
    return [written, {"selector": condition["selector"], "op": "is", "values": [NONE]}]


def _translated(pattern: str) -> str:
    try:
        return translate(pattern)
    except Untranslatable as error:
        raise NotForLocalSdks(f"the pattern `{pattern:.100}`: {error}") from None
