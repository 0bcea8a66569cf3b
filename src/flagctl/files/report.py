"""Report: diagnostics as people, scripts and CI services read them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from flagctl.output import indented
from flagctl.printable import printable
from flagd.manifest import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.manifest import Diagnostic, Resource

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text_report(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the findings grouped by file, coloured; click takes the colours out where there is no terminal."""
    lines = []
    for file, findings in groupby(_sorted(diagnostics), key=_file):
        lines.append(click.style(file or "(no file)", bold=True))
        for finding in findings:
            lines += _finding(finding)
        lines.append("")
    return "\n".join(lines)


def json_report(diagnostics: Sequence[Diagnostic]) -> str:
    """Return ``{"errors": n, "warnings": n, "diagnostics": [...]}``."""
    errors = count(diagnostics, Severity.ERROR)
    report = {
        "errors": errors,
        "warnings": len(diagnostics) - errors,
        "diagnostics": [_plain(diagnostic) for diagnostic in _sorted(diagnostics)],
    }
    return indented(report)


def github_report(diagnostics: Sequence[Diagnostic]) -> str:
    """Return one workflow command per finding, which GitHub Actions shows at the line in a pull request."""
    return "\n".join(_workflow_command(diagnostic) for diagnostic in _sorted(diagnostics))


def summary(diagnostics: Sequence[Diagnostic], resources: Iterable[Resource]) -> str:
    """Return the one line that says how it went: ``1 error, 2 warnings in 12 resources``."""
    errors = count(diagnostics, Severity.ERROR)
    warnings = len(diagnostics) - errors
    refs = {resource.ref for resource in resources} | {found.resource for found in diagnostics if found.resource}
    among = _number(len(refs), "resource")
    if not diagnostics:
        return click.style(f"{among}: nothing found", fg="green", bold=True)
    found = [_number(amount, noun) for amount, noun in ((errors, "error"), (warnings, "warning")) if amount]
    return click.style(f"{', '.join(found)} in {among}", fg="red" if errors else "yellow", bold=True)


def count(diagnostics: Iterable[Diagnostic], severity: Severity) -> int:
    """Return how many have this severity."""
    return sum(diagnostic.severity is severity for diagnostic in diagnostics)


def _sorted(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(diagnostics, key=lambda found: (_file(found), _line(found), found.path, found.reason, found.message))


def _file(diagnostic: Diagnostic) -> str:
    return diagnostic.location.file if diagnostic.location else ""


def _line(diagnostic: Diagnostic) -> int:
    return diagnostic.location.line if diagnostic.location else 0


def _finding(diagnostic: Diagnostic) -> list[str]:
    severity = click.style(diagnostic.severity.value, fg=_COLOURS[diagnostic.severity])
    where = ", ".join(str(part) for part in (diagnostic.resource, diagnostic.path) if part)
    origin = f"{printable(where)} [{diagnostic.reason}]".lstrip()
    first = f"  {_line(diagnostic) or '':>4}  {severity}  {printable(diagnostic.message)}"
    return [first, click.style(f"        {origin}", dim=True)]


def _number(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def _plain(diagnostic: Diagnostic) -> dict[str, Any]:
    resource, location = diagnostic.resource, diagnostic.location
    return {
        "severity": diagnostic.severity.value,
        "reason": diagnostic.reason,
        "message": diagnostic.message,
        "path": diagnostic.path,
        "resource": resource and {"kind": resource.kind, "namespace": resource.namespace, "name": resource.name},
        "file": location and location.file,
        "document": location and location.document,
        "line": location and location.line,
    }


def _workflow_command(diagnostic: Diagnostic) -> str:
    properties = {"title": diagnostic.reason}
    if diagnostic.location and diagnostic.location.file != "-":
        properties = {"file": diagnostic.location.file, "line": str(diagnostic.location.line), **properties}
    text = ": ".join(str(part) for part in (diagnostic.resource, diagnostic.path, diagnostic.message) if part)
    fields = ",".join(f"{name}={_escape(value, ':,')}" for name, value in properties.items())
    return f"::{diagnostic.severity.value} {fields}::{_escape(text)}"


def _escape(text: str, more: str = "") -> str:
    # https://docs.github.com/actions: the escapes of the toolkit's `command.ts`.
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
