"""Testers: who gets a variant whatever the targeting says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.form.condition import cohort_selector, cohorts_by_unit, comparison

if TYPE_CHECKING:
    from flagd.compiler.findings import Findings
    from flagd.compiler.scope import Scope
    from flagd.manifest.parts.testers import Testers
    from flagd.ruleset.flag import EvaluationCondition, EvaluationSegment

INCLUSIONS = {"segmentName": "individual-inclusions"}


def inclusions(
    testers: Testers | None, variant: str, path: str, scope: Scope, findings: Findings
) -> list[EvaluationSegment]:
    """Return the segment that gives `variant` to `testers`, or nothing where nobody is named."""
    if testers is None:
        return []
    conditions: list[EvaluationCondition] = []
    if testers.user_ids:
        conditions.append(comparison(("context", "user", "user_id"), "is", testers.user_ids))
    if testers.device_ids:
        conditions.append(comparison(("context", "user", "device_id"), "is", testers.device_ids))
    for unit, names in cohorts_by_unit(testers.cohorts, f"{path}.cohorts", scope, findings).items():
        conditions.append(comparison(cohort_selector(unit), "set contains any", names))
    for group_type, names in sorted(testers.groups.items()):
        if names:
            conditions.append(comparison(("context", "groups", group_type, "group_name"), "is", names))
    if not conditions:
        return []
    return [{"conditions": [[condition] for condition in conditions], "metadata": INCLUSIONS, "variant": variant}]
