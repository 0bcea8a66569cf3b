"""Effective: what a flag comes to with all defaults filled in, and how far its percentages reach now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagd.manifest import Flag
from flagd.manifest.parts.percent import percent_text
from flagoperator.rollout import REST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.reconcile.entry import Entry
    from flagoperator.reconcile.ramps import Report

LONGEST_VARIANTS = 4096


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the percentages of a flag reach.

    Attributes:
        published: by allocation, in units of 0.001 %, as it is published; empty where it is inactive or not published.
        ramp: what is to be said of its rollout; None where its goals are served as they are.
    """

    published: Mapping[str, int] = field(default_factory=dict)
    ramp: Report | None = None


def effective(entry: Entry, reach: Reach) -> Mapping[str, Any]:
    """Return ``status.effective`` of the flag `entry`."""
    resource, ramp = entry.resource, reach.ramp
    if not isinstance(resource, Flag):
        return entry.status.get("effective") or {}
    spec = resource.spec
    goal = "0" if spec.all_other_users is None else str(spec.all_other_users.percent)
    percent, summary = (goal, goal) if ramp is None else (ramp.percent, ramp.summary)
    salt, segments = spec.bucketing.salt, len(spec.segments or ())
    more = f" +{segments} segment{'s' if segments > 1 else ''}" if segments else ""
    found = {
        # Nobody gets anything of an inactive flag, whatever stands in its rollout.
        **({"rollout": f"{summary}{more}"} if spec.active else {}),
        "percent": percent,
        "variants": ",".join(variant.key for variant in spec.variants)[:LONGEST_VARIANTS],
        "salt": resource.key if salt is None else salt,
        "allocations": _allocations(resource, reach.published) if ramp is None else ramp.allocations,
    }
    return {name: value for name, value in found.items() if value or name == "salt"}


def rollout(entry: Entry, reach: Reach) -> dict[str, Any]:
    """Return ``status.rollout`` of the flag `entry` and its name; nothing where it has none."""
    if reach.ramp is not None:
        return {"rollout": reach.ramp.rollout}
    kept = entry.status.get("rollout")  # of what cannot be read now: it goes on once it can
    return {"rollout": kept} if kept and entry.resource is None else {}


def _allocations(flag: Flag, published: Mapping[str, int]) -> list[dict[str, str]]:
    names = [*(segment.name for segment in flag.spec.segments), REST]
    return [{"name": name, "percent": percent_text(published.get(name, 0))} for name in names]
