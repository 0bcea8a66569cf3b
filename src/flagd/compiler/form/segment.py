"""Segment: who is meant by `match`, `anyOf` and `segmentRefs`, with the referred segments inlined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.findings import Findings
from flagd.compiler.form.alternatives import MOST_ALTERNATIVES, TooManyAlternatives, all_of, distinct, size
from flagd.compiler.form.condition import compile_comparison, compile_condition
from flagd.compiler.graph.references import reference_path
from flagd.compiler.outcome import Outcome
from flagd.compiler.scope import BROKEN, SegmentFace
from flagd.manifest.parts.condition import COHORT_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.compiler.form.alternatives import Alternatives
    from flagd.compiler.graph.cycle import Cycle
    from flagd.compiler.scope import Scope
    from flagd.manifest.kinds import FlagSegment
    from flagd.manifest.parts.audience import Audience
    from flagd.manifest.parts.condition import Condition


def compile_match(spec: Audience, path: str, scope: Scope, findings: Findings) -> Alternatives:
    """Return when a user is in the segment at `path`; empty where there are errors."""
    factors: list[Alternatives] = []
    if spec.match is not None:
        factors.append(_conjunction(spec.match, f"{path}.match", scope, findings))
    if spec.any_of is not None:
        groups = [
            _conjunction(group.match, f"{path}.anyOf[{index}].match", scope, findings)
            for index, group in enumerate(spec.any_of)
        ]
        factors.append([conjunction for group in groups for conjunction in group])
    if spec.segment_refs:
        factors += _references(spec.segment_refs, f"{path}.segmentRefs", scope, findings)
    if findings.broken or not factors:
        return []  # for nobody
    return _product(factors, path, scope, findings)


def compile_segment(segment: FlagSegment, cycle: Cycle | None, scope: Scope) -> Outcome:
    """Return the outcome for a FlagSegment: its alternatives with all that it refers to inlined."""
    findings = Findings(segment.ref)
    alternatives: Alternatives = []
    if cycle is None:
        alternatives = compile_match(segment.spec, "spec", scope, findings)
    else:
        findings.error(
            "CycleDetected", f"segments refer to each other: {cycle.text}", reference_path(segment, cycle.next)
        )
    face = BROKEN if findings.broken else SegmentFace(alternatives)
    return Outcome(face, tuple(findings.diagnostics))


def _conjunction(conditions: Sequence[Condition], path: str, scope: Scope, findings: Findings) -> Alternatives:
    compared = scope.once(conditions, _comparisons)
    if compared is not None:
        return compared
    factors = [
        compile_condition(condition, f"{path}[{index}]", scope, findings) for index, condition in enumerate(conditions)
    ]
    if any(not factor for factor in factors):
        return []
    return _product(factors, path, scope, findings)


def _comparisons(conditions: Sequence[Condition]) -> Alternatives | None:
    """Return `conditions` as they are whatever else there is; None where one of them is about cohorts."""
    if any(condition.op in COHORT_OPERATORS for condition in conditions):
        return None
    return [distinct(map(compile_comparison, conditions))]


def _product(factors: Sequence[Alternatives], path: str, scope: Scope, findings: Findings) -> Alternatives:
    if len(factors) == 1 and size(factors[0]) <= MOST_ALTERNATIVES:
        return factors[0]
    try:
        return scope.once(factors, all_of)
    except TooManyAlternatives as error:
        findings.error("TooManyAlternatives", str(error), path)
        return []


def _references(names: Sequence[str], path: str, scope: Scope, findings: Findings) -> list[Alternatives]:
    found = []
    for index, name in enumerate(names):
        face = scope.segment(name)
        if isinstance(face, SegmentFace):
            found.append(face.alternatives)
        else:
            findings.unusable("FlagSegment", name, f"{path}[{index}]", missing=face is None)
    return found
