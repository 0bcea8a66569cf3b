"""Condition: one comparison of a manifest as conditions of the evaluation format."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.compiler.form.bucketing import selector_list
from flagd.compiler.scope import CohortFace
from flagd.condition.attribute import parse_attribute
from flagd.condition.glob import glob_regex
from flagd.manifest.parts.condition import COHORT_OPERATORS, GLOB_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.compiler.findings import Findings
    from flagd.compiler.form.alternatives import Alternatives
    from flagd.compiler.scope import Scope
    from flagd.manifest.parts.condition import Condition
    from flagd.ruleset.flag import EvaluationCondition

_MOST_SHARED_VALUES = 8


def compile_condition(condition: Condition, path: str, scope: Scope, findings: Findings) -> Alternatives:
    """Return when `condition` holds. Only `in cohort` over cohorts of several units makes more than one alternative."""
    if condition.op in COHORT_OPERATORS:
        return _cohorts(condition, path, scope, findings)
    return [[compile_comparison(condition)]]


def compile_comparison(condition: Condition) -> EvaluationCondition:
    """Return `condition`, which compares an attribute: whatever has no cohorts."""
    selector = _selector(condition.attribute or "")
    if condition.op in GLOB_OPERATORS:
        values = [glob_regex(pattern) for pattern in condition.values]
        return comparison(selector, condition.op.replace("glob", "regex"), values)
    return comparison(selector, condition.op, condition.values)


def comparison(selector: tuple[str, ...], op: str, values: Sequence[str]) -> EvaluationCondition:
    """Return one condition; values are a set, so each is written once. Equal short ones are one object."""
    if len(values) <= _MOST_SHARED_VALUES:
        return _shared_comparison(selector, op, tuple(values))
    return _comparison(selector, op, values)


def cohort_selector(unit: str) -> tuple[str, ...]:
    """Return where the cohorts of a user, or of the user's group of type `unit`, stand in the context."""
    return ("context", "user", "cohort_ids") if unit == "User" else ("context", "groups", unit, "cohort_ids")


def cohorts_by_unit(names: Sequence[str], path: str, scope: Scope, findings: Findings) -> dict[str, list[str]]:
    """Return the cohorts `names` by their unit, users first; a name without a usable FlagCohort is an error."""
    units: dict[str, list[str]] = {}
    for index, name in enumerate(names):
        cohort = scope.cohort(name)
        if not isinstance(cohort, CohortFace):
            findings.unusable("FlagCohort", name, f"{path}[{index}]", missing=cohort is None)
            continue
        units.setdefault(cohort.unit, []).append(name)
    return dict(sorted(units.items(), key=lambda item: (item[0] != "User", item[0])))


def _comparison(selector: tuple[str, ...], op: str, values: Iterable[str]) -> EvaluationCondition:
    return {"selector": selector_list(selector), "op": op, "values": list(dict.fromkeys(values))}


_shared_comparison = lru_cache(maxsize=4096)(_comparison)


@lru_cache(maxsize=4096)
def _selector(attribute: str) -> tuple[str, ...]:
    return parse_attribute(attribute)


def _cohorts(condition: Condition, path: str, scope: Scope, findings: Findings) -> Alternatives:
    units = cohorts_by_unit(condition.values, f"{path}.values", scope, findings)
    if condition.op == "in cohort":
        return [[comparison(cohort_selector(unit), "set contains any", names)] for unit, names in units.items()]
    return [[comparison(cohort_selector(unit), "set does not contain any", names) for unit, names in units.items()]]
