"""Rulesets: what the compiler makes and the engine evaluates, and nothing that manifests know."""

from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from flagd.ruleset.flag import EvaluationFlag
from flagd.ruleset.ruleset import Ruleset

__all__ = ["Cohort", "Deployment", "EvaluationFlag", "Ruleset"]
