"""Rung: one step of a ramp: how far it goes, what is asked for before it is left, and whether it is behind or ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.duration import duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagoperator.rollout import Step

DONE, NOW, NEXT = "done", "now", "next"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step.

    Attributes:
        percent: of the allocations that rise, text.
        wants: what is asked for before it is left.
        state: done, now or next.
        at: RFC 3339 when it will be reached; empty where that is not known.
    """

    percent: str
    wants: tuple[str, ...]
    state: str
    at: str = ""


def rungs_of(rollout: Mapping[str, Any]) -> tuple[Rung, ...]:
    """Return the steps of the phase that a run is in, by ``status.rollout``; none where there is no run."""
    taken = int((rollout.get("run") or {}).get("step", 0))
    return tuple(_rung(step, index, taken, rollout) for index, step in enumerate(_steps(rollout), 1))


def phase_title(rollout: Mapping[str, Any]) -> str:
    """Return which phase of several a run is in, such as ``phase 1 of 2``; empty where there is one."""
    run = rollout.get("run") or {}
    phases = (run.get("plan") or {}).get("phases") or ()
    return f"phase {int(run.get('phase', 0)) + 1} of {len(phases)}" if len(phases) > 1 else ""


def wants_of(step: Step) -> tuple[str, ...]:
    """Return what a step of a plan asks for before it is left."""
    hold = str(duration(step.hold)) if step.hold else ""
    return _wants(hold, approval=step.approval, answers=step.min_evaluations)


def _steps(rollout: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    run = rollout.get("run") or {}
    plan = run.get("plan") or {}
    phases, phase = plan.get("phases") or (), int(run.get("phase", 0))
    return (phases[phase].get("steps") if phase < len(phases) else None) or plan.get("steps") or ()


def _rung(step: Mapping[str, Any], index: int, taken: int, rollout: Mapping[str, Any]) -> Rung:
    wants = _wants(
        str(step.get("hold") or ""), approval=bool(step.get("approval")), answers=step.get("minEvaluations") or 0
    )
    at = str(rollout.get("nextStepAt", "")) if index == taken + 1 else ""
    return Rung(str(step.get("percent")), wants, _state(index, taken, str(rollout.get("phase"))), at)


def _state(index: int, taken: int, phase: str) -> str:
    if phase == "RolledBack":  # nobody is in by a step any more
        return NEXT
    if index < taken or phase == "Completed":
        return DONE
    return NOW if index == taken else NEXT


def _wants(hold: str, *, approval: bool, answers: int) -> tuple[str, ...]:
    wants = {f"hold {hold}": hold, "approval": approval, f"{answers} answers": answers}
    return tuple(text for text, is_asked in wants.items() if is_asked)
