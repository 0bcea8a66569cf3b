"""Cohort: who is in a cohort, named by its manifest or on a list that was fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.findings import Findings
from flagd.compiler.outcome import Outcome
from flagd.compiler.scope import BROKEN, CohortFace
from flagd.ruleset.cohort import Cohort
from flagd.ruleset.hashed_ids import EMPTY

if TYPE_CHECKING:
    from flagd.compiler.scope import Scope
    from flagd.id_list.id_list import Supply
    from flagd.manifest.kinds import FlagCohort
    from flagd.manifest.parts.list_origin import ListOrigin

_PATH = "spec.from"


def compile_cohort(cohort: FlagCohort, last: Outcome | None, scope: Scope) -> Outcome:
    """Return the outcome for a FlagCohort; one without a list yet stays as it was `last`."""
    spec = cohort.spec
    if spec.from_ is None:
        return _made(Cohort(spec.unit, frozenset(spec.members)), Findings(cohort.ref))
    supply, findings = scope.supply(cohort.ref), Findings(cohort.ref)
    if supply is None:
        text = f"the list {spec.from_.path!r} is not read here: nobody is in the cohort but by the ids of a request"
        findings.warning("ListUnread", text, _PATH)
        return _made(Cohort(spec.unit, EMPTY), findings)
    if supply.held is None:
        return _waiting(spec.from_, supply, last, findings)
    if supply.fault:
        findings.warning("ListStale", _told(spec.from_, supply), _PATH)
    return _made(Cohort(spec.unit, supply.held.ids, supply.held.as_of), findings)


def _made(cohort: Cohort, findings: Findings) -> Outcome:
    return Outcome(CohortFace(cohort.unit), tuple(findings.diagnostics), product=cohort)


def _waiting(origin: ListOrigin, supply: Supply, last: Outcome | None, findings: Findings) -> Outcome:
    findings.error("ListMissing", f"the list {origin.path!r} of {origin.source}: {supply.fault}", _PATH)
    if last is not None and isinstance(last.product, Cohort) and not last.retained:
        return Outcome(last.face, tuple(findings.diagnostics), product=last.product, held=True)
    return Outcome(BROKEN, tuple(findings.diagnostics))


def _told(origin: ListOrigin, supply: Supply) -> str:
    held = "" if supply.held is None else f"{len(supply.held.ids):,} ids"
    return f"the list {origin.path!r} of {origin.source}: {supply.fault}; the last good one of {held} is served"
