"""Evidence: what counts of a treated and a control group say, with error rates that hold at every look. Pure."""

from flagoperator.evidence.counts import Counts
from flagoperator.evidence.e_process import EProcess
from flagoperator.evidence.power import Rule, Stretch, Traffic, detection_seconds, firing_look
from flagoperator.evidence.sample_ratio import ALARM, bayes_factor

__all__ = [
    "ALARM",
    "Counts",
    "EProcess",
    "Rule",
    "Stretch",
    "Traffic",
    "bayes_factor",
    "detection_seconds",
    "firing_look",
]
