"""Context: a User message as the engine's evaluation context, checked against the limits on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.user.values import check_values
from flagd.rpc.budget import Budget, user_budget
from flagd.rpc.limits import (
    ATTRIBUTES,
    GROUPS,
    KEY_BYTES,
    TEXT_BYTES,
    check_cohort_ids,
    check_count,
    check_text,
)
from flagd.rpc.struct import from_struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.struct_pb2 import Struct

    from flagd.v1.evaluation_pb2 import Group, User


def evaluation_context(user: User) -> dict[str, Any]:
    """Return the context of `user`: ``{"user": {...}, "groups": {...}}`` (flag semantics, section 2).

    Raises InvalidArgument, naming the limit, for a user that is too large.
    """
    budget = user_budget("user")
    attributes: dict[str, Any] = {}
    context: dict[str, Any] = {"user": attributes}
    for field, value in user.ListFields():
        name = field.name
        if name == "user_properties":
            attributes[name] = _properties(value, "user.user_properties", budget)
        elif name == "cohort_ids":
            attributes[name] = _cohort_ids(value, "user.cohort_ids", budget)
        elif name == "groups":
            context["groups"] = _groups(value, budget)
        else:
            if len(value) * 4 > TEXT_BYTES:
                check_text(value, f"user.{name}")
            attributes[name] = value
    return context


def _groups(groups: dict[str, Group], budget: Budget) -> dict[str, Any]:
    check_count(len(groups), GROUPS, "user.groups")
    budget.spend(len(groups))
    result = {}
    for group_type, group in groups.items():
        check_text(group_type, "user.groups", KEY_BYTES)
        result[group_type] = _group(group, f"user.groups.{group_type}", budget)
    return result


def _group(group: Group, what: str, budget: Budget) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if group.HasField("name"):
        check_text(group.name, f"{what}.name")
        result["group_name"] = group.name
    if group.HasField("properties"):
        result["group_properties"] = _properties(group.properties, f"{what}.properties", budget)
    if group.cohort_ids:
        result["cohort_ids"] = _cohort_ids(group.cohort_ids, f"{what}.cohort_ids", budget)
    return result


def _cohort_ids(cohort_ids: Sequence[str], what: str, budget: Budget) -> list[str]:
    check_cohort_ids(cohort_ids, what)
    ids = list(cohort_ids)
    budget.spend(len(ids))
    return ids


def _properties(struct: Struct, what: str, whole: Budget) -> dict[str, Any]:
    check_count(len(struct.fields), ATTRIBUTES, what)
    properties = from_struct(struct, Budget(what, whole=whole))
    check_values(properties, what)
    return properties
