"""User: whom a request asks about, as Amplitude's SDKs say it, checked against the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.context import evaluation_context
from flagd.rpc.limits import ATTRIBUTES, GROUPS, KEY_BYTES, check_cohort_ids, check_count, check_text, check_values
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDS = ("user_id", "device_id")


def user_context(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return the engine's context of `user` (flag semantics, section 2). What is of an odd shape counts as absent.

    Raises:
        InvalidArgument: there is neither ``user_id`` nor ``device_id``, or something is too large.
    """
    if not any(user.get(name) for name in _IDS):
        raise InvalidArgument("user: user_id or device_id is needed")
    context = evaluation_context(user)
    _check_fields(context["user"], "user", "user_properties")
    groups = context.get("groups", {})
    check_count(len(groups), GROUPS, "user.groups")
    for kind, group in groups.items():
        check_text(kind, "user.groups", KEY_BYTES)
        _check_fields(group, "user.groups", "group_properties")
    return context


def _check_fields(fields: Mapping[str, Any], what: str, properties: str) -> None:
    check_count(len(fields), ATTRIBUTES, what)
    others: dict[str, Any] = {}
    for name, value in fields.items():
        if name == properties and isinstance(value, dict):
            check_count(len(value), ATTRIBUTES, f"{what}.{name}")
            check_values(value, f"{what}.{name}")
        elif name == "cohort_ids" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            check_cohort_ids(value, f"{what}.{name}")
        else:
            others[name] = value
    check_values(others, what)
