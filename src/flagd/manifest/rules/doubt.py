"""Doubts: what is valid and probably not what its author meant. Each is a warning."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.condition.attribute import USER_FIELDS, AttributePathError, parse_attribute
from flagd.condition.pattern import Pattern, PatternError
from flagd.manifest.finding import warning
from flagd.manifest.parts.condition import GLOB_OPERATORS, REGEX_OPERATORS, SET_OPERATORS
from flagd.manifest.parts.percent import thousandths
from flagd.manifest.rules.float_text import check_texts
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.kinds.flag import FlagSpec
    from flagd.manifest.parts.condition import Condition
    from flagd.manifest.path import FieldPath

_COMPARES_TEXT = SET_OPERATORS | {"is", "is not"}
_TAKEN = {
    **{name: f"user.{name}" for name in (*USER_FIELDS, "cohort_ids")},
    "targetingKey": "user.user_id",
    "groups": "groups.<type>.name",
    "user_properties": "user.properties.<name>",
}
"""Names in an OpenFeature context that make no user property of that name, and the attribute that they make."""

_KINDS_OF_TEXT = ("", *map(chr, range(128)), "\u00e9", "\U0001f680")
"""A pattern that is found in each of these asks for nothing."""


def doubtful_condition(condition: Condition, path: FieldPath) -> Iterator[Finding]:
    """Yield what is doubtful about a condition at `path`."""
    for index, value in enumerate(condition.values):
        if _asks_for_nothing(condition.op, value):
            who = "nobody" if "not" in condition.op else "everybody"
            text = f"{_found_anywhere(value)}, so the condition holds for {who} who has the attribute; {_remedy(value)}"
            yield warning((*path, "values", index), "MatchesEverything", text)
    if condition.op in _COMPARES_TEXT:
        yield from check_texts(condition.values, (*path, "values"))
    yield from _field_as_property(condition.attribute, path)


def _asks_for_nothing(op: str, value: str) -> bool:
    if op in REGEX_OPERATORS:
        return _found_everywhere(value)
    if op in GLOB_OPERATORS:
        return set(value) == {"*"} and len(value) > 1
    return value == "" and op in {"contains", "does not contain"}


@lru_cache(maxsize=1024)
def _found_everywhere(pattern: str) -> bool:
    try:
        compiled = Pattern(pattern)
    except PatternError:
        return False
    return all(map(compiled.found_in, _KINDS_OF_TEXT))


def _found_anywhere(value: str) -> str:
    return (
        f"the pattern {shown(value)} is found in every string" if value else "the empty string is part of every string"
    )


def _remedy(value: str) -> str:
    return "if that is meant, write `is not` with `(none)`" if value else 'remove ""'


def serves_nobody(spec: FlagSpec) -> Iterator[Finding]:
    """Yield a warning where a flag is active and no rollout in it is above 0 %."""
    rollouts = [segment.rollout for segment in spec.segments]
    if spec.all_other_users is not None:
        rollouts.append(spec.all_other_users)
    if spec.active and not any(thousandths(rollout.percent) for rollout in rollouts):
        text = "the flag is active and every rollout is 0 %, so nobody but testers gets a variant; raise a percent"
        yield warning(("spec", "active"), "ServesNobody", text)


def _field_as_property(attribute: str | None, path: FieldPath) -> Iterator[Finding]:
    name = _taken_property(attribute or "")
    if name is not None:
        text = (
            f"OpenFeature and OFREP deliver `{name}` as `{_TAKEN[name]}`, which a user property does not see; "
            f"did you mean `{_TAKEN[name]}`?"
        )
        yield warning((*path, "attribute"), "FieldNotProperty", text)


@lru_cache(maxsize=4096)
def _taken_property(attribute: str) -> str | None:
    try:
        *_, kind, name = parse_attribute(attribute)
    except AttributePathError:
        return None
    return name if kind == "user_properties" and name in _TAKEN else None
