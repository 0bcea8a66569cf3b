"""Doubts: what is valid and probably not what its author meant. Each is a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.attribute import USER_FIELDS, AttributePathError, parse_attribute
from flagd.manifest.condition import REGEX_OPERATORS, SET_OPERATORS
from flagd.manifest.finding import warning
from flagd.manifest.float_text import check_texts
from flagd.manifest.percent import thousandths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.condition import Condition
    from flagd.manifest.finding import Finding
    from flagd.manifest.flag import FlagSpec
    from flagd.manifest.path import FieldPath

_COMPARES_TEXT = SET_OPERATORS | {"is", "is not"}
_FINDS_TEXT = REGEX_OPERATORS | {"contains", "does not contain"}


def doubtful_condition(condition: Condition, path: FieldPath) -> Iterator[Finding]:
    """Yield what is doubtful about a condition at `path`."""
    if condition.op in _FINDS_TEXT and "" in condition.values:
        who = "nobody" if "not" in condition.op else "everybody"
        text = f'the empty string is part of every string, so this holds for {who} who has the attribute; remove ""'
        yield warning((*path, "values", condition.values.index("")), "MatchesEverything", text)
    if condition.op in _COMPARES_TEXT:
        yield from check_texts(condition.values, (*path, "values"))
    field = _field_as_property(condition.attribute)
    if field is not None:
        text = (
            f"OpenFeature and OFREP deliver `{field}` as `user.{field}`, which a user property does not see; "
            f"did you mean `user.{field}`?"
        )
        yield warning((*path, "attribute"), "FieldNotProperty", text)


def serves_nobody(spec: FlagSpec) -> Iterator[Finding]:
    """Yield a warning where a flag is active and no rollout in it is above 0 %."""
    rollouts = [segment.rollout for segment in spec.segments]
    if spec.all_other_users is not None:
        rollouts.append(spec.all_other_users)
    if spec.active and not any(thousandths(rollout.percent) for rollout in rollouts):
        text = "the flag is active and every rollout is 0 %: only testers get a variant; raise a percent"
        yield warning(("spec", "active"), "ServesNobody", text)


def _field_as_property(attribute: str | None) -> str | None:
    try:
        selector = parse_attribute(attribute or "")
    except AttributePathError:
        return None
    *_, kind, name = selector
    return name if kind == "user_properties" and name in USER_FIELDS else None
