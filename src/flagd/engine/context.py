"""Context: what conditions look at, made from the user that a caller describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flagd.condition.text import text

_GROUP_FIELDS = ("groups", "group_properties", "group_cohort_ids")
_EXACT = 2**53
_LEVELS = 100


def evaluation_context(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return the evaluation context of `user`; of what is not shaped as expected, it holds nothing.

    Args:
        user: a user as Amplitude's SDKs describe one, where ``groups`` is ``{type: [names]}`` and
            only the first name counts, or as our API does: ``{type: {"name", "properties", "cohort_ids"}}``.
    """
    if not isinstance(user, dict):
        return {}
    context: dict[str, Any] = {}
    if fields := {name: value for name, value in user.items() if value is not None and name not in _GROUP_FIELDS}:
        if "user_properties" in fields:
            fields["user_properties"] = alike(fields["user_properties"])
        context["user"] = fields
    if isinstance(groups := user.get("groups"), dict):
        found = ((kind, _group(user, kind, value)) for kind, value in groups.items())
        context["groups"] = {kind: group for kind, group in found if group}
    return context


def alike(value: Any, level: int = 0) -> Any:  # noqa: ANN401
    """Return JSON as it reads the same whatever carried it; what is not JSON, or too deep, is returned as it is.

    Protobuf knows no integers beyond 2^53, so they are the nearest double, and no order of members, so they are sorted
    by name: the text of an object, which is compared and hashed, would depend on the process. All lists are new.
    """
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else double(value)
    if level >= _LEVELS:
        return value
    if isinstance(value, list | tuple):
        return [one if one.__class__ is str else alike(one, level + 1) for one in value]
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=_name) if level else value.items()
        return {name: one if one.__class__ is str else alike(one, level + 1) for name, one in members}
    return value


def _name(member: tuple[Any, Any]) -> str:
    return str(member[0])


def double(number: float) -> float:
    """Return the double nearest to a number, infinity for an integer beyond all of them."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _group(user: Mapping[str, Any], kind: str, value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        group = {
            "group_name": value.get("name"),
            "group_properties": alike(value.get("properties")),
            "cohort_ids": value.get("cohort_ids"),
        }
    elif isinstance(value, list | tuple) and value and value[0] is not None:
        group = {
            "group_name": value[0],
            "group_properties": alike(_of_name(user.get("group_properties"), kind, value[0])),
            "cohort_ids": _of_name(user.get("group_cohort_ids"), kind, value[0]),
        }
    else:
        return {}
    return {name: field for name, field in group.items() if field is not None}


def _of_name(by_kind: object, kind: str, name: object) -> object:
    by_name = by_kind.get(kind) if isinstance(by_kind, dict) else None
    return by_name.get(text(name)) if isinstance(by_name, dict) else None
