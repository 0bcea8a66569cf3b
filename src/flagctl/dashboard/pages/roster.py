"""Roster: the list that a cohort is made from: how many ids, since when, and why there is no newer one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagoperator.reconcile.list_status import LIST_CURRENT
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from flagctl.dashboard.inventory.item import Item

CURRENT, STALE, MISSING, UNREAD = "current", "stale", "missing", "unread"


@dataclass(frozen=True, slots=True)
class Roster:
    """One list.

    Attributes:
        state: ``current``, ``stale`` (a newer one is not used), ``missing`` (there never was one that could be
            used) or ``unread`` (nobody here reads it).
        ids: how many it holds; None where there is none.
        as_of: RFC 3339, since when it is as it is; empty where there is none.
        fault: why a newer one is not used, or none is there.
    """

    state: str
    ids: int | None = None
    as_of: str = ""
    fault: str = ""


def roster_of(item: Item) -> Roster | None:
    """Return the list of the cohort `item`; None for one that is made from none."""
    if not item.spec.get("from"):
        return None
    if item.supply is None:
        return _told(item)
    held, fault = item.supply.held, item.supply.fault
    if held is None:
        return Roster(MISSING, fault=fault)
    return Roster(STALE if fault else CURRENT, len(held.ids), moment(held.as_of), fault)


def _told(item: Item) -> Roster:
    """Return what the operator says in the status of `item`."""
    told, current = item.status.get("list") or {}, item.condition(LIST_CURRENT)
    fault = str(current.get("message", "")) if current.get("status") == "False" else ""
    ids, as_of = told.get("ids"), str(told.get("asOf", ""))
    if not isinstance(ids, int):
        return Roster(MISSING if item.status else UNREAD, fault=fault)
    return Roster(STALE if fault else CURRENT, ids, as_of, fault)
