"""Findings: what is said about one resource while it is compiled."""

from __future__ import annotations

from flagd.manifest.diagnostic import Diagnostic, ResourceRef, Severity


class Findings:
    """Collects diagnostics. A resource with an error is not published."""

    __slots__ = ("broken", "diagnostics", "resource")

    def __init__(self, resource: ResourceRef) -> None:
        self.resource = resource
        self.diagnostics: list[Diagnostic] = []
        self.broken = False

    def error(self, reason: str, message: str, path: str = "") -> None:
        """Note a fault that keeps the resource out."""
        self._note(Severity.ERROR, reason, message, path)

    def unusable(self, noun: str, name: str, path: str, *, missing: bool, harmless: bool = False) -> None:
        """Note that what `path` refers to is not there, or has errors itself; `harmless` if it can do without."""
        severity = Severity.WARNING if harmless else Severity.ERROR
        concerns = ResourceRef("Flag" if noun == "flag" else noun, self.resource.namespace, name)
        if missing:
            self._note(severity, "ReferenceMissing", f"there is no {noun} {name!r}", path, concerns)
        else:
            self._note(
                severity, "ReferenceBroken", f"{noun} {name!r} has errors of its own; fix it first", path, concerns
            )

    def warning(self, reason: str, message: str, path: str = "") -> None:
        """Note a fault that the resource can be published with."""
        self._note(Severity.WARNING, reason, message, path)

    def _note(
        self, severity: Severity, reason: str, message: str, path: str, concerns: ResourceRef | None = None
    ) -> None:
        self.broken = self.broken or severity is Severity.ERROR
        self.diagnostics.append(Diagnostic(severity, reason, message, path, self.resource, concerns=concerns))
