"""Manifests: typed custom resources, how they are read, and what is said when they are wrong."""

from flagd.manifest.crd import crds
from flagd.manifest.diagnostic import Diagnostic, Location, ResourceRef, Severity
from flagd.manifest.kinds import KINDS, Flag, FlagCohort, FlagDeployment, FlagGroup, FlagRolloutPlan, FlagSegment
from flagd.manifest.kinds.cohort import FlagCohortSpec
from flagd.manifest.kinds.deployment import FlagDeploymentSpec
from flagd.manifest.kinds.flag import (
    FlagSpec,
    Membership,
    Prerequisite,
    Prerequisites,
    Rollout,
    Segment,
    Tracking,
    Variant,
)
from flagd.manifest.kinds.group import FlagGroupSpec, Holdout, Slot
from flagd.manifest.kinds.rollout_plan import FlagRolloutPlanSpec
from flagd.manifest.kinds.segment import FlagSegmentSpec
from flagd.manifest.model import API_VERSION, ObjectMeta
from flagd.manifest.parts.bucketing import Bucketing
from flagd.manifest.parts.condition import COHORT_OPERATORS, GLOB_OPERATORS, REGEX_OPERATORS, Condition, ConditionGroup
from flagd.manifest.parts.percent import thousandths
from flagd.manifest.parts.testers import Testers
from flagd.manifest.reading import Loaded, load, read_text
from flagd.manifest.resource import Resource
from flagd.manifest.validation import validate

__all__ = [
    "API_VERSION",
    "COHORT_OPERATORS",
    "GLOB_OPERATORS",
    "KINDS",
    "REGEX_OPERATORS",
    "Bucketing",
    "Condition",
    "ConditionGroup",
    "Diagnostic",
    "Flag",
    "FlagCohort",
    "FlagCohortSpec",
    "FlagDeployment",
    "FlagDeploymentSpec",
    "FlagGroup",
    "FlagGroupSpec",
    "FlagRolloutPlan",
    "FlagRolloutPlanSpec",
    "FlagSegment",
    "FlagSegmentSpec",
    "FlagSpec",
    "Holdout",
    "Loaded",
    "Location",
    "Membership",
    "ObjectMeta",
    "Prerequisite",
    "Prerequisites",
    "Resource",
    "ResourceRef",
    "Rollout",
    "Segment",
    "Severity",
    "Slot",
    "Testers",
    "Tracking",
    "Variant",
    "crds",
    "load",
    "read_text",
    "thousandths",
    "validate",
]
