"""Kinds: one file for each kind of resource, and the table of them.

Everything that is done for each kind is done for each value of `KINDS`: a new kind is one file here and one line below.
"""

from flagd.manifest.kind import Kind
from flagd.manifest.kinds import cohort, deployment, flag, group, rollout_plan, segment
from flagd.manifest.kinds.cohort import FlagCohort
from flagd.manifest.kinds.deployment import FlagDeployment
from flagd.manifest.kinds.flag import Flag
from flagd.manifest.kinds.group import FlagGroup
from flagd.manifest.kinds.rollout_plan import FlagRolloutPlan
from flagd.manifest.kinds.segment import FlagSegment

KINDS: dict[str, Kind] = {
    each.name: each for each in (flag.KIND, segment.KIND, cohort.KIND, deployment.KIND, group.KIND, rollout_plan.KIND)
}

__all__ = ["KINDS", "Flag", "FlagCohort", "FlagDeployment", "FlagGroup", "FlagRolloutPlan", "FlagSegment", "Kind"]
