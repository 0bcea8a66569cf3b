"""Guard text: what people are told of the guards of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagoperator.rollout.judgement import evidence_of

if TYPE_CHECKING:
    from flagoperator.rollout import Guard, Run

_LONGEST = 120
"""Characters of one guard's trouble; a status message holds a few guards."""


def guards_text(run: Run) -> str:
    """Return what every guard of `run` gave last: ``error-rate 0.031 (max 0.02)``."""
    return ", ".join(_text(run, each) for each in run.plan.guards)[:700]


def _text(run: Run, guard: Guard) -> str:
    last = evidence_of(run, guard).last
    bounds = {"max": guard.most, "min": guard.least}
    within = ", ".join(f"{name} {bound:g}" for name, bound in bounds.items() if bound is not None)
    if last is None:
        return f"{guard.name} not measured yet ({within})"
    if last.value is None:
        return f"{guard.name} {last.trouble[:_LONGEST]} ({within})"
    return f"{guard.name} {last.value:g} ({within})"
