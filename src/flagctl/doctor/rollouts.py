"""Rollouts: which flags stand still until somebody does something. Nothing is broken, so these are notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.doctor.finding import Finding, Level
from flagctl.doctor.resources import named
from flagoperator.reconcile.condition import condition_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagctl.doctor.picture import Picture

ABOUT = "rollouts"
SEE = "flagctl rollout get -n {namespace} {name}"
WAITING = frozenset(
    {"AllPaused", "AwaitingApproval", "AwaitingGuards", "GuardFailed", "Inconclusive", "Manual", "PausedInGit"}
)
"""Reasons of RolledOut for which a ramp does not go on by time alone."""


def check(picture: Picture) -> Iterator[Finding]:
    """Say which ramps wait for somebody, or for measurements, and where users are not divided as they should be."""
    waiting = [each for each in picture.resources or () if _reason(each, "RolledOut") in WAITING]
    yield from named(waiting, "RolledOut", Level.NOTE, ABOUT, SEE)
    divided = [each for each in picture.resources or () if _reason(each, "Balanced") == "SampleRatioMismatch"]
    yield from named(divided, "Balanced", Level.NOTE, ABOUT, SEE)


def _reason(obj: Mapping[str, Any], kind: str) -> str:
    return str((condition_of(obj.get("status") or {}, kind) or {}).get("reason", ""))
