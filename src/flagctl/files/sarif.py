"""SARIF: diagnostics as code scanning services take them (OASIS SARIF 2.1.0)."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest import Diagnostic

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(diagnostics: Sequence[Diagnostic]) -> str:
    """Return one run with a result per finding; its rules are the reasons that occur."""
    reasons = sorted({diagnostic.reason for diagnostic in diagnostics})
    run = {
        "tool": {
            "driver": {
                "name": "flagctl lint",
                "version": version("flagoperator"),
                "rules": [{"id": reason} for reason in reasons],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, reasons.index(diagnostic.reason)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    location = _location(diagnostic)
    return {
        "ruleId": diagnostic.reason,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": diagnostic.message},
        "locations": [location] if location else [],
    }


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    location: dict[str, Any] = {}
    where = diagnostic.location
    if where is not None and where.file != "-":
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(where.file)},
            "region": {"startLine": max(1, where.line)},
        }
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
