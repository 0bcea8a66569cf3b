"""Validation: one plain object in, a typed resource or the reasons against it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.manifest.envelope import model_of, ref_of
from flagd.manifest.fault import explain
from flagd.manifest.finding import Finding
from flagd.manifest.null import nulls
from flagd.manifest.path import FieldPath, format_path
from flagd.manifest.rules import check
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.manifest.diagnostic import ResourceRef
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
    """As `validate`, with findings; `spelling` tells how an unquoted scalar was written."""
    if not isinstance(obj, dict):
        return None, [Finding((), "NotAResource", f"{shown(obj)} is no resource; a resource has apiVersion and kind")]
    model = model_of(obj)
    if isinstance(model, Finding):
        return None, [model]
    empty = list(nulls(obj.get("spec")))
    try:
        resource = model.model_validate(obj, by_alias=True, by_name=False)
    except ValidationError as error:
        told = {finding.path for finding in empty}
        return None, [*empty, *(one for one in explain(error, model, spelling) if one.path not in told)]
    findings = [*empty, *check(resource)]
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return None if broken else resource, findings


def diagnostic(finding: Finding, ref: ResourceRef | None) -> Diagnostic:
    """Return `finding` as what is told to people, without a location."""
    return Diagnostic(finding.severity, finding.reason, finding.message, format_path(finding.path), ref)
