"""Default plan: the one FlagRolloutPlan of a namespace that is for every flag without a ramp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.manifest.kinds import FlagRolloutPlan

_NEWEST = "~"
"""Sorts after every timestamp: a plan without one, as in files, is taken for the newest."""


def default_plan(plans: Iterable[FlagRolloutPlan]) -> FlagRolloutPlan | None:
    """Return which of `plans`, all of one namespace, is the default: of several the oldest."""
    return min((each for each in plans if each.spec.default), key=_seniority, default=None)


def rival_defaults(plans: Iterable[FlagRolloutPlan]) -> list[Diagnostic]:
    """Return an error for each of `plans` that is marked as default although an older one is."""
    ranked = sorted((each for each in plans if each.spec.default), key=_seniority)
    return [
        Diagnostic(
            Severity.ERROR,
            "AnotherDefault",
            f"FlagRolloutPlan {ranked[0].metadata.name!r} is the default of the namespace already; one plan may be",
            "spec.default",
            each.ref,
        )
        for each in ranked[1:]
    ]


def _seniority(plan: FlagRolloutPlan) -> tuple[str, str, str]:
    metadata = plan.metadata
    return metadata.creation_timestamp or _NEWEST, metadata.uid, metadata.name
