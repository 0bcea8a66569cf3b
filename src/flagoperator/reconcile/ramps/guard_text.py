"""Guard text: what people are told of the guards of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagoperator.rollout.guards.judgement import evidence_of

if TYPE_CHECKING:
    from flagoperator.rollout import Evidence, Guard, Run
    from flagoperator.rollout.guards.comparison import Compared, Comparison

_LONGEST = 120
"""Characters of one guard's trouble; a status message holds a few guards."""


def guards_text(run: Run) -> str:
    """Return what every guard of `run` gave last: ``error-rate 0.031 (max 0.02)``."""
    return ", ".join(_text(run, each) for each in run.plan.guards)[:700]


def _text(run: Run, guard: Guard) -> str:
    evidence = evidence_of(run, guard)
    if guard.comparison is not None:
        return f"{guard.name} {_compared(run, evidence, guard.comparison)}"
    last = evidence.last
    bounds = {"max": guard.most, "min": guard.least}
    within = ", ".join(f"{name} {bound:g}" for name, bound in bounds.items() if bound is not None)
    if last is None:
        return f"{guard.name} not measured yet ({within})"
    if last.value is None:
        return f"{guard.name} {last.trouble[:_LONGEST]} ({within})"
    return f"{guard.name} {last.value:g} ({within})"


def _compared(run: Run, evidence: Evidence, comparison: Comparison) -> str:
    compared, last = evidence.compared, evidence.last
    if compared is None or last is None:
        return "not compared yet"
    found = _counted(compared, run.plan.limit)
    if run.uncontrolled:
        return f"NoControl: at 100 % nobody is left to compare with ({found})"
    if last.trouble:
        return f"{last.trouble[:_LONGEST]} ({found})"
    if compared.counts.fewest < comparison.min_attempts:
        return f"waits for {comparison.min_attempts} attempts of both ({found})"
    return found


def _counted(compared: Compared, limit: float) -> str:
    """Return ``E 3.1 of 100: treated 12 of 1000 failed, control 9 of 900``."""
    counts = compared.counts
    return (
        f"E {compared.process.value:.3g} of {limit * compared.price:g}: "
        f"treated {counts.treated_failures:.0f} of {counts.treated:.0f} failed, "
        f"control {counts.control_failures:.0f} of {counts.control:.0f}"
    )
