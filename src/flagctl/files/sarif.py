"""SARIF: diagnostics as code scanning services take them (OASIS SARIF 2.1.0)."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flagctl.output import indented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest import Diagnostic

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(diagnostics: Sequence[Diagnostic]) -> str:
    """Return one run with a result per finding; its rules are the reasons that occur."""
    return sarif_run("flagctl lint", list(map(_result, diagnostics)))


def sarif_run(tool: str, results: Sequence[dict[str, Any]]) -> str:
    """Return one run of `tool`; its rules are those that `results` name."""
    rules = sorted({result["ruleId"] for result in results})
    driver = {"name": tool, "version": version("flagoperator"), "rules": [{"id": rule} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [{**result, "ruleIndex": rules.index(result["ruleId"])} for result in results],
    }
    return indented({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def sarif_place(file: str, line: int, column: int | None = None) -> dict[str, Any]:
    """Return a place in a file as a result has it, line and column from 1."""
    region = {"startLine": max(1, line), **({} if column is None else {"startColumn": column})}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": region}}


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    location = _location(diagnostic)
    return {
        "ruleId": diagnostic.reason,
        "level": diagnostic.severity.value,
        "message": {"text": diagnostic.message},
        "locations": [location] if location else [],
    }


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    location: dict[str, Any] = {}
    where = diagnostic.location
    if where is not None and where.file != "-":
        location |= sarif_place(where.file, where.line)
    if diagnostic.resource is not None:
        name = "/".join(filter(None, (diagnostic.resource.namespace, diagnostic.resource.name)))
        location["logicalLocations"] = [
            {
                "name": diagnostic.resource.name,
                "kind": "resource",
                "fullyQualifiedName": f"{diagnostic.resource.kind} {name}",
            }
        ]
    return location


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(bytes(path))
