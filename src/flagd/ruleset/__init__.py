"""Rulesets: what the compiler makes and the engine evaluates, and nothing that manifests know."""

from flagd.ruleset.canonical import canonical_json
from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from flagd.ruleset.flag import EvaluationFlag
from flagd.ruleset.forms.jsonform import RulesetError
from flagd.ruleset.revision import compute_revision
from flagd.ruleset.ruleset import Ruleset

__all__ = [
    "Cohort",
    "Deployment",
    "EvaluationFlag",
    "Ruleset",
    "RulesetError",
    "canonical_json",
    "compute_revision",
]
