"""Resource: what compiling a resource gives that has a space of names of its own; flags and groups are in key.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.findings import Findings
from flagd.compiler.form.cohort import compile_cohort
from flagd.compiler.form.segment import compile_segment
from flagd.compiler.graph.references import node_named, reference_path
from flagd.compiler.outcome import Outcome
from flagd.compiler.scope import BROKEN, Broken, DeploymentFace, PlainFace
from flagd.manifest.kinds import KINDS, FlagCohort, FlagDeployment, FlagSegment
from flagd.manifest.path import format_path
from flagd.ruleset.deployment import Deployment

if TYPE_CHECKING:
    from flagd.compiler.graph.cycle import Cycle
    from flagd.compiler.scope import Scope
    from flagd.manifest.resource import Resource


def compile_resource(resource: Resource, cycle: Cycle | None, last: Outcome | None, scope: Scope) -> Outcome:
    """Return the outcome for `resource`; `last` is what there was of its name before."""
    match resource:
        case FlagSegment():
            return compile_segment(resource, cycle, scope)
        case FlagCohort():
            return compile_cohort(resource, last, scope)
        case FlagDeployment(spec=spec):
            return Outcome(DeploymentFace(), product=Deployment(spec.type, frozenset(spec.key_hashes)))
        case _:
            return _plain(resource, cycle, scope)


def _plain(resource: Resource, cycle: Cycle | None, scope: Scope) -> Outcome:
    """Return the outcome for a resource that compiles to nothing: whether what it refers to can be used."""
    findings = Findings(resource.ref)
    if cycle is not None:
        text = f"resources refer to each other: {cycle.text}"
        findings.error("CycleDetected", text, reference_path(resource, cycle.next))
    for each in KINDS[resource.kind].references(resource.spec):
        face = scope.look(node_named(each.kind, each.name))
        if face is None or isinstance(face, Broken):
            noun = "flag" if each.kind == "Flag" else each.kind
            findings.unusable(noun, each.name, format_path(each.path), missing=face is None)
    face = BROKEN if findings.broken else PlainFace(resource.spec)
    return Outcome(face, tuple(findings.diagnostics))
