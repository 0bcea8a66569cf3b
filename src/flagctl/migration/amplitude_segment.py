"""Amplitude segment: who is meant by a target segment of Amplitude, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from flagctl.migration.imported import Loss
from flagd.condition.attribute import USER_FIELDS, format_attribute
from flagd.manifest.parts.condition import COHORT_OPERATORS, Operator

if TYPE_CHECKING:
    from flagctl.migration.foreign import Foreign

_PROPERTY = "gp:"
_COHORTS = frozenset({"cohort_ids", "userdata_cohort"})
_OF_COHORTS = {"is": "set contains any", "is not": "set does not contain any"}
_ORDER = frozenset({"less", "less or equal", "greater", "greater or equal"})
_OPERATORS = frozenset(get_args(Operator)) - COHORT_OPERATORS


def attribute_of(prop: str) -> str | None:
    """Return the path of Amplitude's property `prop`, such as ``country`` or ``gp:plan``; None where we have none."""
    if prop.startswith(_PROPERTY):
        return format_attribute(("context", "user", "user_properties", prop.removeprefix(_PROPERTY)))
    if prop in _COHORTS:
        return "user.cohort_ids"
    return f"user.{prop}" if prop in USER_FIELDS else None


def segment(target: Foreign, rollout: dict[str, Any], losses: list[Loss]) -> dict[str, Any] | None:
    """Return the segment of a manifest; None where nobody can be in it, or it cannot be said here."""
    match, name = [], target.text("name")
    for each in target.objects("conditions"):
        condition = _condition(each, name, losses)
        if condition is None:
            return None
        if condition:
            match.append(condition)
    if not match:
        losses.append(Loss(f"segment {name} has no conditions: it is for everybody, and is all other users here", True))
        return None
    return {"name": name, "match": match, "rollout": rollout}


def _condition(each: Foreign, segment: str, losses: list[Loss]) -> dict[str, Any] | None:
    """Return a condition; an empty one where it always holds, None where it never does or cannot be said."""
    prop, op, values = each.text("prop"), each.text("op"), list(map(_text, each.entries("values")))
    attribute = attribute_of(prop)
    if attribute is None:
        losses.append(Loss(f"segment {segment}: {prop} is no attribute here; callers can send it as a property", True))
        return None
    if attribute == "user.cohort_ids":
        op = _OF_COHORTS.get(op, op)
        losses.append(Loss(f"segment {segment} asks for cohorts {', '.join(values)}: callers have to send their ids"))
    if attribute == "user.version" and op in _ORDER:
        op = f"version {op}"
    if op not in _OPERATORS:
        losses.append(Loss(f'segment {segment}: there is no operator "{op}" here', True))
        return None
    if values:
        return {"attribute": attribute, "op": op, "values": values}
    losses.append(Loss(f"segment {segment}: {prop} {op} without values, which {_EMPTY[' not ' in f' {op} ']}"))
    return {} if " not " in f" {op} " else None


_EMPTY = {True: "everybody meets", False: "nobody meets: the segment is left out"}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
