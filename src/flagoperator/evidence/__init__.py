"""Evidence: what counts of a treated and a control group say, with error rates that hold at every look. Pure."""

from flagoperator.evidence.counts import Counts
from flagoperator.evidence.e_process import EProcess
from flagoperator.evidence.power import Detection, Rule, Stretch, Traffic, detection, firing_look

__all__ = [
    "Counts",
    "Detection",
    "EProcess",
    "Rule",
    "Stretch",
    "Traffic",
    "detection",
    "firing_look",
]
