"""Context: a User message as the engine's evaluation context, checked against the limits on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.limits import (
    ATTRIBUTES,
    GROUPS,
    KEY_BYTES,
    TEXT_BYTES,
    check_cohort_ids,
    check_count,
    check_text,
    check_values,
)
from flagd.rpc.struct import from_struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.struct_pb2 import Struct

    from flagd.v1.evaluation_pb2 import Group, User


def evaluation_context(user: User) -> dict[str, Any]:
    """Return the context of `user`: ``{"user": {...}, "groups": {...}}`` (flag semantics, section 2).

    Raises InvalidArgument, naming the limit, for a user that is too large.
    """
    attributes: dict[str, Any] = {}
    context: dict[str, Any] = {"user": attributes}
    for field, value in user.ListFields():
        name = field.name
        if name == "user_properties":
            attributes[name] = _properties(value, "user.user_properties")
        elif name == "cohort_ids":
            attributes[name] = _cohort_ids(value, "user.cohort_ids")
        elif name == "groups":
            context["groups"] = _groups(value)
        else:
            if len(value) * 4 > TEXT_BYTES:
                check_text(value, f"user.{name}")
            attributes[name] = value
    return context


def _groups(groups: dict[str, Group]) -> dict[str, Any]:
    check_count(len(groups), GROUPS, "user.groups")
    result = {}
    for group_type, group in groups.items():
        check_text(group_type, "user.groups", KEY_BYTES)
        result[group_type] = _group(group)
    return result


def _group(group: Group) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if group.HasField("name"):
        check_text(group.name, "user.groups.name")
        result["group_name"] = group.name
    if group.HasField("properties"):
        result["group_properties"] = _properties(group.properties, "user.groups.properties")
    if group.cohort_ids:
        result["cohort_ids"] = _cohort_ids(group.cohort_ids, "user.groups.cohort_ids")
    return result


def _cohort_ids(cohort_ids: Iterable[str], what: str) -> list[str]:
    ids = list(cohort_ids)
    check_cohort_ids(ids, what)
    return ids


def _properties(struct: Struct, what: str) -> dict[str, Any]:
    check_count(len(struct.fields), ATTRIBUTES, what)
    properties = from_struct(struct)
    check_values(properties, what)
    return properties
