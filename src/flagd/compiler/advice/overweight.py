"""Overweight: a project whose flags, asked for all at once, make an answer that clients may refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.graph.references import KEY
from flagd.compiler.outcome import Form
from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.weight import CLIENT_BYTES, WARN_BYTES, in_mebibytes

if TYPE_CHECKING:
    from flagd.compiler.project import Project
    from flagd.manifest.diagnostic import ResourceRef


def overweight(project: Project) -> list[Diagnostic]:
    """Return a warning about each of the flags that weigh most; nothing where the project is light enough."""
    total, weights, heaviest = project.weights.total, project.weights.by_key, project.weights.heaviest
    if total <= WARN_BYTES:
        return []
    named = ", ".join(f"{key} ({in_mebibytes(weights[key])})" for key in heaviest)
    text = (
        f"an answer with all {len(weights):,} flags of project {project.name} may take {in_mebibytes(total)}; "
        f"gRPC clients refuse more than {in_mebibytes(CLIENT_BYTES)}. Most weigh {named}: shorten their payloads, "
        "or ask for flags by key"
    )
    owners = (_owner(project, key) for key in heaviest)
    return [Diagnostic(Severity.WARNING, "AnswerTooLarge", text, "spec.variants", owner) for owner in owners if owner]


def _owner(project: Project, key: str) -> ResourceRef | None:
    outcome = project.outcomes.get((KEY, key))
    return outcome.product.owner if outcome is not None and isinstance(outcome.product, Form) else None
