"""Ramps: the flags whose percentages rise step by step, from what the cluster says to what is published of them."""

from flagoperator.reconcile.ramps.decision import Decision
from flagoperator.reconcile.ramps.ramps import Ramps, Round
from flagoperator.reconcile.ramps.report import Report
from flagoperator.reconcile.ramps.surroundings import Surroundings
from flagoperator.reconcile.ramps.walk import Walk

__all__ = ["Decision", "Ramps", "Report", "Round", "Surroundings", "Walk"]
