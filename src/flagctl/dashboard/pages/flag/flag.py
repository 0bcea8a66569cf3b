"""Flag page: everything about one flag."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import yaml

from flagctl.dashboard.pages.flag.allocation import Allocation, allocations_of
from flagctl.dashboard.pages.flag.branch import Branch, branches_of
from flagctl.dashboard.pages.flag.ladder import Ladder, ladder_of
from flagctl.dashboard.pages.flag.managed_by import Manager, manager_of
from flagctl.dashboard.pages.flag.serving import Serving, serving_of
from flagctl.dashboard.pages.row import Row, link_of, row_of
from flagctl.dashboard.pages.sentence import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item

_WRITTEN = ("name", "namespace", "labels", "annotations")
DOCS = "https://github.com/flagoperator/flagoperator/blob/main/docs/troubleshooting.md"
"""Has every reason of a condition, and what to do."""
_MOST_USERS = 50


@dataclass(frozen=True, slots=True)
class VariantLine:
    """One variant, as the manifest has it.

    Attributes:
        key: what callers see.
        name: display name; empty without one.
        description: what it does; empty without one.
        value: empty where it is the key.
        payload: as JSON; empty without one.
    """

    key: str
    name: str
    description: str
    value: str
    payload: str


@dataclass(frozen=True, slots=True)
class FlagPage:
    """One flag. What is not commented is as in the manifest."""

    row: Row
    description: str
    sentence: str
    allocations: tuple[Allocation, ...]
    variants: tuple[VariantLine, ...]
    testers: tuple[tuple[str, int], ...]
    prerequisites: tuple[Branch, ...]
    used_by: tuple[Mapping[str, str], ...]
    groups: tuple[str, ...]
    deployments: tuple[str, ...]
    conditions: tuple[Mapping[str, str], ...]
    ladder: Ladder | None
    serving: Serving | None
    manager: Manager
    faults: tuple[str, ...]
    yaml: str
    effective: str
    salt: str
    bucketing: str


def flag_page(item: Item, view: View, today: date) -> FlagPage:
    """Return the page of the flag `item`."""
    spec = item.spec
    return FlagPage(
        row=row_of(item, today),
        description=str(spec.get("description") or ""),
        sentence=sentence(spec) if spec else "",
        allocations=tuple(allocations_of(item)),
        variants=tuple(map(_variant, spec.get("variants") or ())),
        testers=tuple(_testers(spec)),
        prerequisites=branches_of(item, view),
        used_by=tuple(link_of(each) for each in view.users(item)[:_MOST_USERS]),
        groups=tuple(_group(each) for each in spec.get("memberOf") or ()),
        deployments=tuple(map(str, spec.get("deployments") or ())),
        conditions=tuple(map(_condition, item.status.get("conditions") or ())),
        ladder=ladder_of(item, view),
        serving=serving_of(item),
        manager=manager_of(item),
        faults=item.faults,
        yaml=_yaml(_manifest(item)) if spec else "",
        effective=_yaml(item.status["effective"]) if item.status.get("effective") else "",
        salt=str((spec.get("bucketing") or {}).get("salt") or item.key),
        bucketing=_bucketing(spec.get("bucketing") or {}),
    )


def _variant(told: Mapping[str, Any]) -> VariantLine:
    payload = told.get("payload")
    key, name, description, value = (str(told.get(field) or "") for field in ("key", "name", "description", "value"))
    shown = "" if payload is None else json.dumps(payload, ensure_ascii=False)
    return VariantLine(key, name, description, value, shown)


def _condition(told: Mapping[str, Any]) -> dict[str, str]:
    names = ("type", "status", "reason", "message", "lastTransitionTime")
    return {
        **{name: str(told.get(name) or "") for name in names},
        "docs": f"{DOCS}#:~:text={quote(str(told.get('reason')))}",
    }


def _testers(spec: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    named = [(str(each.get("key")), each.get("testers")) for each in spec.get("variants") or ()]
    for key, testers in [*named, ("off", spec.get("offTesters"))]:
        count = _count(testers)
        if count:
            yield key, count


def _count(testers: Any) -> int:  # noqa: ANN401
    if isinstance(testers, dict):
        return sum(map(_count, testers.values()))
    return len(testers) if isinstance(testers, list) else 0


def _group(membership: Mapping[str, Any]) -> str:
    slot = membership.get("slot")
    return f"{membership.get('group')}{f', {slot}' if slot else ''}"


def _bucketing(bucketing: Mapping[str, Any]) -> str:
    unit = str(bucketing.get("unit") or "User")
    return str(bucketing.get("key") or ("user.user_id" if unit == "User" else f"groups.{unit}.name"))


def _manifest(item: Item) -> dict[str, Any]:
    """Return `item` as people commit it, without what the API server writes."""
    metadata = {name: item.metadata[name] for name in _WRITTEN if item.metadata.get(name)}
    return {**{name: item.raw.get(name) for name in ("apiVersion", "kind")}, "metadata": metadata, "spec": item.spec}


def _yaml(data: Any) -> str:  # noqa: ANN401
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
