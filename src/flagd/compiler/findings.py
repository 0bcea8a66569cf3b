"""Findings: what is said about one resource while it is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from flagd.manifest.diagnostic import ResourceRef


class Findings:
    """Collects diagnostics. A resource with an error is not published."""

    __slots__ = ("broken", "diagnostics", "resource")

    def __init__(self, resource: ResourceRef) -> None:
        self.resource = resource
        self.diagnostics: list[Diagnostic] = []
        self.broken = False

    def error(self, reason: str, message: str, path: str = "") -> None:
        """Note a fault that keeps the resource out."""
        self.broken = True
        self.diagnostics.append(Diagnostic(Severity.ERROR, reason, message, path, self.resource))

    def unusable(self, noun: str, name: str, path: str, *, missing: bool, harmless: bool = False) -> None:
        """Note that what `path` refers to is not there, or has errors itself; `harmless` if it can do without."""
        note = self.warning if harmless else self.error
        if missing:
            note("ReferenceMissing", f"there is no {noun} {name!r}", path)
        else:
            note("ReferenceBroken", f"{noun} {name!r} has errors of its own; fix it first", path)

    def warning(self, reason: str, message: str, path: str = "") -> None:
        """Note a fault that the resource can be published with."""
        self.diagnostics.append(Diagnostic(Severity.WARNING, reason, message, path, self.resource))
