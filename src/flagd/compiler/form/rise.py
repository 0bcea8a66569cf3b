"""Rise: a flag whose percentages rise step by step: how far they reach, and from where users are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.compiler.form.flag import NOBODY
from flagd.compiler.form.limit import REST
from flagd.compiler.form.rollout import bucket
from flagd.compiler.form.weights import shares
from flagd.manifest.model import RESERVED_SEGMENT_NAMES
from flagd.ruleset.metadata.rollout_start import with_rollout_start

if TYPE_CHECKING:
    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.form.limit import Limits
    from flagd.manifest.kinds.flag import FlagSpec
    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment


@dataclass(frozen=True, slots=True)
class Rise:
    """How a flag is compiled while it rises.

    Attributes:
        limits: how far its allocations reach at most.
        starts: those of which users are told in which arm they are, with how far each reached when the run began.
    """

    limits: Limits
    starts: Limits = field(default_factory=dict)


def with_starts(flag: EvaluationFlag, spec: FlagSpec, by: Bucketed, starts: Limits) -> EvaluationFlag:
    """Return the compiled `flag` of `spec` with where the allocations of `starts` began."""
    if not starts or not spec.active:
        return flag
    rollouts = {each.name: each.rollout for each in spec.segments} | {REST: spec.all_other_users or NOBODY}
    variants = [each.key for each in spec.variants]

    def marked(segment: EvaluationSegment) -> EvaluationSegment:
        metadata = segment.get("metadata", {})
        name = metadata.get("segmentName", "")
        if name not in starts or name not in rollouts or (name in RESERVED_SEGMENT_NAMES and name != REST):
            return segment
        if "bucket" not in segment and segment.get("variant") == "off":
            return segment  # its goal was lowered to 0
        began = bucket(starts[name], shares(variants, rollouts[name].weights), by)
        found = segment.copy()
        found["metadata"] = with_rollout_start(metadata, began)
        return found

    found = flag.copy()
    found["segments"] = [marked(each) for each in flag["segments"]]
    return found
