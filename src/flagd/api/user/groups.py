"""Groups: which groups a user belongs to, as JSON says it at every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.user.cohort_ids import read_cohort_ids
from flagd.api.user.values import check_values
from flagd.engine.context import alike
from flagd.rpc.limits import GROUPS, KEY_BYTES, check_count, check_text
from flagd.rpc.shape import an_object, attribute_text, check_members, group_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.rpc.budget import Budget

_MEMBERS = ("name", "properties", "cohort_ids")


def read_groups(
    value: object,
    where: str,
    budget: Budget,
    properties: Mapping[str, Any] | None = None,
    cohort_ids: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the engine's groups by type. A group is an object, or just its name, or a list of names.

    Args:
        value: what stands in ``groups``.
        where: its place, for errors.
        budget: what the user may hold.
        properties: Amplitude's ``group_properties``, by type and name, for groups that are given as names.
        cohort_ids: Amplitude's ``group_cohort_ids``, likewise.

    Raises:
        InvalidArgument: something is too large or of another shape.
    """
    groups = an_object(value, where)
    check_count(len(groups), GROUPS, where)
    budget.spend(len(groups))
    found: dict[str, Any] = {}
    for kind, group in groups.items():
        check_text(kind, f"{where}: a group type", KEY_BYTES)
        path = f"{where}.{kind}"
        if not isinstance(group, dict):
            group = _named(group, path, kind, (properties or {}, cohort_ids or {}))
        if read := _group(group, path, budget):
            found[kind] = read
    return found


def _named(value: object, where: str, kind: str, beside: tuple[Mapping[str, Any], Mapping[str, Any]]) -> dict[str, Any]:
    """Return the object that a group is whose name alone is given; its properties stand elsewhere, by its name."""
    name = group_name(value, where)
    if name is None:
        return {}
    properties, cohort_ids = (an_object(one.get(kind) or {}, where).get(name) for one in beside)
    return {"name": name, "properties": properties, "cohort_ids": cohort_ids}


def _group(group: dict[str, Any], where: str, budget: Budget) -> dict[str, Any]:
    check_members(group, _MEMBERS, where)
    read: dict[str, Any] = {}
    if group.get("name") is not None:
        name = read["group_name"] = attribute_text(group["name"], f"{where}.name")
        check_text(name, f"{where}.name")
    if group.get("properties") is not None:
        properties = an_object(group["properties"], f"{where}.properties")
        check_values(properties, f"{where}.properties", whole=budget)
        read["group_properties"] = alike(properties)
    if group.get("cohort_ids") is not None:
        read["cohort_ids"] = read_cohort_ids(group["cohort_ids"], f"{where}.cohort_ids", budget)
    return read
