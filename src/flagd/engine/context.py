"""Context: what conditions look at, made from the user that a caller describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.condition.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUP_FIELDS = ("groups", "group_properties", "group_cohort_ids")


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
        context["user"] = fields
    if isinstance(groups := user.get("groups"), dict):
        found = ((kind, _group(user, kind, value)) for kind, value in groups.items())
        context["groups"] = {kind: group for kind, group in found if group}
    return context


def _group(user: Mapping[str, Any], kind: str, value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        group = {
            "group_name": value.get("name"),
            "group_properties": value.get("properties"),
            "cohort_ids": value.get("cohort_ids"),
        }
    elif isinstance(value, list | tuple) and value and value[0] is not None:
        group = {
            "group_name": value[0],
            "group_properties": _of_name(user.get("group_properties"), kind, value[0]),
            "cohort_ids": _of_name(user.get("group_cohort_ids"), kind, value[0]),
        }
    else:
        return {}
    return {name: field for name, field in group.items() if field is not None}


def _of_name(by_kind: object, kind: str, name: object) -> object:
    by_name = by_kind.get(kind) if isinstance(by_kind, dict) else None
    return by_name.get(text(name)) if isinstance(by_name, dict) else None
