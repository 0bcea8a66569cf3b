"""Guard line: a guard of a ramp with what it measured last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.rollout.evidence_line import evidence_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.rollout import Guard

GOOD, BAD, SILENT = "good", "bad", "silent"


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One guard.

    Attributes:
        name: of the guard.
        bounds: ``max 0.02``; empty for one that compares.
        value: the last measurement, or why there is none; of a comparison E, its limit, and both groups.
        failures: failed measurements in a row.
        limit: how many of them are borne.
        reaction: what happens then.
        state: good, bad, or silent where it has no number.
    """

    name: str
    bounds: str
    value: str
    failures: int
    limit: int
    reaction: str
    state: str


def guard_lines(rollout: Mapping[str, Any]) -> tuple[GuardLine, ...]:
    """Return the guards of a run, by ``status.rollout``; none where there is no run."""
    run = rollout.get("run") or {}
    known = {each.get("name"): each for each in run.get("guards") or ()}
    guards = (run.get("plan") or {}).get("guards") or ()
    return tuple(_line(each, known.get(each.get("name"), {})) for each in guards)


def planned_guard(guard: Guard) -> GuardLine:
    """Return what is known of a guard of a plan that nobody walks."""
    bounds = _bounds({"max": guard.most, "min": guard.least})
    value = "compared with control during a run" if guard.comparison is not None else "measured during a run"
    return GuardLine(guard.name, bounds, value, 0, guard.failure_limit, str(guard.reaction), SILENT)


def _line(guard: Mapping[str, Any], told: Mapping[str, Any]) -> GuardLine:
    compares = "compare" in guard
    measured = str(told.get("value", told.get("trouble", "not measured yet")))
    return GuardLine(
        name=str(guard.get("name")),
        bounds=_bounds({name: guard.get(name) for name in ("max", "min")}),
        value=evidence_line(told) if compares else measured,
        failures=int(told.get("failures", 0)),
        limit=int(guard.get("failureLimit", 0)),
        reaction=str(guard.get("onFailure", "")),
        state=_state(told, compares=compares),
    )


def _state(told: Mapping[str, Any], *, compares: bool) -> str:
    if told.get("failures"):
        return BAD
    return SILENT if "value" not in told or (compares and told.get("trouble")) else GOOD


def _bounds(bounds: Mapping[str, Any]) -> str:
    shown = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in bounds.items()}
    return ", ".join(f"{name} {bound}" for name, bound in shown.items() if bound is not None)
