"""Engine: a ruleset and a context in, variants out. No I/O, no threads, nothing raised."""

from flagd.engine.context import evaluation_context
from flagd.engine.engine import Engine
from flagd.engine.explanation import (
    BucketExplanation,
    ConditionExplanation,
    ConditionSetExplanation,
    Explanation,
    SegmentExplanation,
)
from flagd.engine.variant import Reason, Variant
from flagd.ruleset import Cohort

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
