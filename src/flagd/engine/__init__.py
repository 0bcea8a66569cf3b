"""Engine: a ruleset and a context in, variants out. No I/O, no threads, nothing raised."""

from flagd.context import evaluation_context
from flagd.engine.engine import Engine
from flagd.explanation import (
    BucketExplanation,
    ConditionExplanation,
    ConditionSetExplanation,
    Explanation,
    SegmentExplanation,
)
from flagd.ruleset import Cohort
from flagd.variant import Reason, Variant

__all__ = [
    "BucketExplanation",
    "Cohort",
    "ConditionExplanation",
    "ConditionSetExplanation",
    "Engine",
    "Explanation",
    "Reason",
    "SegmentExplanation",
    "Variant",
    "evaluation_context",
]
