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

    def warning(self, reason: str, message: str, path: str = "") -> None:
        """Note a fault that the resource can be published with."""
        self.diagnostics.append(Diagnostic(Severity.WARNING, reason, message, path, self.resource))
