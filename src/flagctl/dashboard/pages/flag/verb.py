"""Verb: what can be asked of a ramp now, and what that does. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.rollout.verbs import token_for
from flagctl.rollout.view import view_of
from flagoperator.rollout import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.dashboard.inventory.item import Item
    from flagctl.rollout.view import View

TITLES = {
    Verb.APPROVE: "Approve",
    Verb.PAUSE: "Pause",
    Verb.RESUME: "Resume",
    Verb.PROMOTE: "Promote",
    Verb.ABORT: "Abort",
    Verb.RETRY: "Retry",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One verb on a page.

    Attributes:
        name: of the verb.
        title: for its button.
        command: what does the same at a terminal.
        missing: the right that is not there; empty where it is.
    """

    name: str
    title: str
    command: str
    missing: str = ""


def possible(item: Item) -> list[Verb]:
    """Return the verbs that make sense for the flag `item` as it stands."""
    return list(_possible(view_of(item.raw), str((item.status.get("rollout") or {}).get("reason", ""))))


def offer(item: Item, verb: Verb, missing: str = "") -> Offer:
    """Return what a page shows of `verb`."""
    command = f"kubectl flags rollout {verb} {item.ref.name} -n {item.ref.namespace}"
    return Offer(str(verb), TITLES[verb], command, missing)


def effect(item: Item, verb: Verb) -> str:
    """Return what `verb` does to the users of the flag `item`, as a sentence."""
    told = item.status.get("rollout") or {}
    run = told.get("run") or {}
    before = ", ".join(f"{each.get('name')} {each.get('percent')} %" for each in run.get("from") or ()) or "0 %"
    percent, goal, run_id = told.get("percent", "?"), told.get("goal", "?"), run.get("id", "")
    return {
        Verb.APPROVE: f"It leaves the step at {percent} % once its hold is over and its guards are good.",
        Verb.PAUSE: f"It stays at {percent} %: nobody joins, and nobody leaves, until somebody resumes it.",
        Verb.RESUME: f"It goes on from {percent} % towards {goal} %.",
        Verb.PROMOTE: f"{percent} % → {goal} %, at once: holds and approvals are skipped, a guard that fails is not.",
        Verb.ABORT: f"{percent} % → {before}: exactly those admitted before run {run_id} keep it.",
        Verb.RETRY: f"A new run begins at the first step towards {goal} %.",
    }[verb]


def _possible(view: View, reason: str) -> Iterator[Verb]:
    for verb in TITLES:
        if token_for(view, verb) and _makes_sense(verb, view, reason):
            yield verb


def _makes_sense(verb: Verb, view: View, reason: str) -> bool:
    if verb is Verb.APPROVE:
        return reason == "AwaitingApproval"
    if verb is Verb.PAUSE:
        return view.phase == "Progressing"
    if verb is Verb.RESUME:
        return view.phase == "Paused"
    return verb is Verb.RETRY or view.phase in {"Progressing", "Paused"}
