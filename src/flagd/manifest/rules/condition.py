"""Rules for conditions: the right attribute, operator and values together."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.condition.attribute import USER_FIELDS, AttributePathError, parse_attribute
from flagd.condition.glob import GlobError, glob_regex
from flagd.condition.pattern import Pattern, PatternError
from flagd.manifest.finding import Finding, warning
from flagd.manifest.parts.condition import (
    COHORT_OPERATORS,
    GLOB_OPERATORS,
    REGEX_OPERATORS,
    SET_OPERATORS,
    VERSION_OPERATORS,
    Condition,
)
from flagd.manifest.rules.doubt import doubtful_condition
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.parts.audience import Audience
    from flagd.manifest.path import FieldPath

NONE = "(none)"
"""The value that stands for a missing attribute, where values are not patterns."""

_VERSION = re.compile(r"[0-9]+\.[0-9]+(\.[0-9]+(-[-A-Za-z0-9_]*(\.[-A-Za-z0-9_]+)*\.?)?)?", re.ASCII)


def check_audience(audience: Audience, path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with who is meant by a segment at `path`."""
    if audience.match is not None and audience.any_of is not None:
        yield Finding((*path, "anyOf"), "ExactlyOne", "cannot be combined with `match`; write one of them")
    if audience.match is None and audience.any_of is None and not audience.segment_refs:
        text = "has no conditions; write `match`, `anyOf` or `segmentRefs` (for everybody: `allOtherUsers`)"
        yield Finding(path, "NoConditions", text)
    for index, condition in enumerate(audience.match or ()):
        yield from _condition(condition, (*path, "match", index))
    for outer, group in enumerate(audience.any_of or ()):
        for index, condition in enumerate(group.match):
            yield from _condition(condition, (*path, "anyOf", outer, "match", index))


def check_attribute(attribute: str, path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with the attribute path that stands at `path`."""
    fault = _attribute_fault(attribute)
    if fault is not None:
        yield Finding(path, "InvalidAttribute", fault)


def _condition(condition: Condition, path: FieldPath) -> Iterator[Finding]:
    operator, attribute = condition.op, condition.attribute
    if operator in COHORT_OPERATORS:
        if attribute is not None:
            text = f"`{operator}` takes no attribute: the unit is the cohort's own; leave it out"
            yield Finding((*path, "attribute"), "UnwantedField", text)
        return
    if attribute is None:
        text = f"`attribute` is missing: `{operator}` compares one, such as user.country"
        yield Finding((*path, "attribute"), "MissingField", text)
    else:
        yield from check_attribute(attribute, (*path, "attribute"))
        yield from _single(attribute, operator, path)
    yield from doubtful_condition(condition, path)
    if operator in REGEX_OPERATORS | GLOB_OPERATORS:
        yield from _patterns(condition, path)
    elif operator in VERSION_OPERATORS:
        yield from _versions(condition, path)


def _single(attribute: str, operator: str, path: FieldPath) -> Iterator[Finding]:
    if operator in SET_OPERATORS and attribute.removeprefix("user.") in USER_FIELDS:
        other = "is not" if "not" in operator else "is"
        text = (
            f"`{operator}` compares lists and `{attribute}` is one value: it hardly ever holds; did you mean `{other}`?"
        )
        yield warning((*path, "op"), "NotAList", text)


def _patterns(condition: Condition, path: FieldPath) -> Iterator[Finding]:
    fault_of = _glob_fault if condition.op in GLOB_OPERATORS else _regex_fault
    for index, value in enumerate(condition.values):
        fault = fault_of(value)
        if fault is not None:
            yield Finding((*path, "values", index), "InvalidPattern", f"{shown(value)} {fault}")
        elif value == NONE:
            text = (
                f"{shown(value)} is a pattern here and does not mean a missing attribute; "
                f"write a condition of its own: `is` or `is not` with {shown(value)}"
            )
            yield warning((*path, "values", index), "NoneIsPattern", text)


def _versions(condition: Condition, path: FieldPath) -> Iterator[Finding]:
    for index, value in enumerate(condition.values):
        if not _VERSION.fullmatch(value):
            form = "major.minor[.patch[-pre]]"
            text = f"{shown(value)} is not a version ({form}) and is compared as text; write it like 2.0"
            yield warning((*path, "values", index), "NotAVersion", text)


@lru_cache(maxsize=4096)
def _attribute_fault(attribute: str) -> str | None:
    try:
        parse_attribute(attribute)
    except AttributePathError as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def _regex_fault(pattern: str) -> str | None:
    try:
        Pattern(pattern)
    except PatternError as error:
        return f"is not a regular expression of RE2: {error}"
    return None


@lru_cache(maxsize=1024)
def _glob_fault(pattern: str) -> str | None:
    try:
        return _regex_fault(glob_regex(pattern))
    except GlobError as error:
        return f"is not a glob: {error}"
