"""Validation: one plain object in, a typed resource or the reasons against it out."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.manifest.envelope import kind_of, ref_of, unknown_metadata
from flagd.manifest.finding import MAX_FINDINGS, Finding
from flagd.manifest.interned import SHARED
from flagd.manifest.path import FieldPath, format_path
from flagd.manifest.shown import shown
from flagd.manifest.validation.fault import explain, fault_paths
from flagd.manifest.validation.null import nulls, without_nulls
from flagd.manifest.validation.repair import apart, repaired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.kind import Kind
    from flagd.manifest.resource import Resource


def validate(obj: object) -> tuple[Resource | None, list[Diagnostic]]:
    """Return the resource that `obj` is, and what was found.

    `obj` is an object as JSON gives it, from a file or from the API server. The resource is None if
    any of the findings is an error. Never raises for JSON-shaped input. Diagnostics have no location.
    """
    resource, findings = examine(obj)
    ref = ref_of(obj)
    return resource, [diagnostic(finding, ref) for finding in findings]


def examine(
    obj: object, spelling: Callable[[FieldPath], str | None] = lambda _: None
) -> tuple[Resource | None, list[Finding]]:
    """As `validate`, with findings; `spelling` returns how an unquoted scalar was written."""
    if not isinstance(obj, dict):
        return None, [
            Finding((), "NotAResource", f"{shown(obj)} is not a resource; a resource has apiVersion and kind")
        ]
    kind = kind_of(obj)
    if isinstance(kind, Finding):
        return None, [kind]
    found: Iterable[Finding]
    empty = list(islice(nulls(obj.get("spec")), MAX_FINDINGS))
    given = cast("dict[str, Any]", without_nulls(obj)) if empty else obj
    try:
        resource = kind.model.model_validate(given, context=SHARED, by_alias=True, by_name=False)
        found = kind.check(resource.spec)
    except ValidationError as error:
        resource, found = None, _faults(error, given, kind, spelling)
    findings = list(islice(_once((unknown_metadata(obj), found, empty)), MAX_FINDINGS))
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return None if broken else resource, findings


def _faults(
    error: ValidationError, given: dict[str, Any], kind: Kind, spelling: Callable[[FieldPath], str | None]
) -> Iterator[Finding]:
    """Yield what is wrong with types, then what the rules find in the rest."""
    yield from explain(error, given, kind, spelling)
    places = fault_paths(error)
    whole = repaired(given, places, kind.model)
    if whole is not None:
        yield from apart(kind.check(whole.spec), places)


def diagnostic(finding: Finding, ref: ResourceRef | None) -> Diagnostic:
    """Return `finding` as a text for people, without a location."""
    return Diagnostic(finding.severity, finding.reason, finding.message, format_path(finding.path), ref)


def _once(sources: Iterable[Iterable[Finding]]) -> Iterator[Finding]:
    """Yield findings, of each path those of the first source alone that has something to say about it."""
    told: set[FieldPath] = set()
    for source in sources:
        here: set[FieldPath] = set()
        for finding in source:
            if finding.path not in told:
                here.add(finding.path)
                yield finding
        told |= here
