"""Other: segments, cohorts, groups, deployments and plans, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.pages.roster import Roster, roster_of
from flagctl.dashboard.pages.row import Part, link_of
from flagctl.dashboard.pages.sentence import audience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item

_MOST_USERS = 12
KINDS = {
    "segments": "FlagSegment",
    "cohorts": "FlagCohort",
    "groups": "FlagGroup",
    "deployments": "FlagDeployment",
    "plans": "FlagRolloutPlan",
}
"""The kind that each page is about."""


@dataclass(frozen=True, slots=True)
class OtherRow:
    """One resource that flags refer to.

    Attributes:
        namespace: of it.
        name: of it.
        text: what it is, as a phrase; never a key, a hash or a member.
        size: how much is in it, such as ``3 members``.
        parts: shares of a group: slots, or what is held out.
        ready: True, False or Unknown; empty where nobody says.
        message: why it is not ready.
        used_by: who refers to it, the first few.
        more: how many others do.
        list: of a cohort, the list that it is made from; None = it is made from none.
    """

    namespace: str
    name: str
    text: str
    size: str
    parts: tuple[Part, ...]
    ready: str
    message: str
    used_by: tuple[Mapping[str, str], ...]
    more: int
    list: Roster | None = None


def other_rows(kind: str, view: View) -> list[OtherRow]:
    """Return a row for every resource of `kind`."""
    return [_row(item, view) for item in view.of_kind(kind)]


def _row(item: Item, view: View) -> OtherRow:
    users = view.users(item)
    condition = item.condition("Ready")
    ready = "False" if item.faults else str(condition.get("status") or ("" if item.metadata.get("uid") else "True"))
    message = "; ".join(item.faults) or ("" if ready == "True" else str(condition.get("message", "")))
    text, size, parts = _SHOWN[item.ref.kind](item.spec)
    roster = roster_of(item)
    links = tuple(map(link_of, users[:_MOST_USERS]))
    more = len(users) - len(links)
    return OtherRow(item.ref.namespace, item.ref.name, text, size, parts, ready, message, links, more, roster)


Shown = tuple[str, str, tuple[Part, ...]]


def _segment(spec: Mapping[str, Any]) -> Shown:
    groups = spec.get("anyOf") or ()
    count = sum(len(each.get("match") or ()) for each in groups) if groups else len(spec.get("match") or ())
    return audience(spec), _number(count, "condition"), ()


def _cohort(spec: Mapping[str, Any]) -> Shown:
    unit, origin = str(spec.get("unit") or "User"), spec.get("from")
    whose = "users" if unit == "User" else f"groups of type {unit}"
    if isinstance(origin, dict):
        return f"{whose} on the list {origin.get('path')} of {origin.get('source')}", "", ()
    return whose, _number(len(spec.get("members") or ()), "member"), ()


def _group(spec: Mapping[str, Any]) -> Shown:
    if spec.get("type") == "Holdout":
        percent = int((spec.get("holdout") or {}).get("percent") or 0)
        return f"Holdout: {percent} % see none of its flags", f"{percent} %", (Part("held out", percent / 100),)
    slots = spec.get("slots") or ()
    parts = tuple(Part(str(each.get("name")), int(each.get("percent") or 0) / 100) for each in slots)
    return "Mutual exclusion: a user is in one slot", _number(len(slots), "slot"), parts


def _deployment(spec: Mapping[str, Any]) -> Shown:
    return f"{spec.get('type', '')} key", _number(len(spec.get("keyHashes") or ()), "key"), ()


def _plan(spec: Mapping[str, Any]) -> Shown:
    steps = spec.get("steps") or ()
    text = " → ".join(f"{each.get('percent')} %" for each in steps)
    guards = spec.get("guards") or ()
    more = [name for name in ("default", "paused") if spec.get(name)]
    guarded = [f"{_number(len(guards), 'guard')}"] if guards else []
    return ", ".join([text, *guarded, *more]), _number(len(steps), "step"), ()


_SHOWN: dict[str, Callable[[Mapping[str, Any]], Shown]] = {
    "FlagSegment": _segment,
    "FlagCohort": _cohort,
    "FlagGroup": _group,
    "FlagDeployment": _deployment,
    "FlagRolloutPlan": _plan,
}


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
