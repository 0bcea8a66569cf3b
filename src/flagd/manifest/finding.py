"""Finding: what is wrong at a path of one resource, before it is known which file and line that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Severity

if TYPE_CHECKING:
    from flagd.manifest.path import FieldPath

MAX_FINDINGS = 100
"""What is reported of one resource or document; anyone who has more fixes those first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        path: from the root of the document.
        reason: CamelCase word, stable.
        message: one line: what was found and what would be right.
        severity: error or warning.
        line: line in the document, from 0; None = that of `path`.
    """

    path: FieldPath
    reason: str
    message: str
    severity: Severity = Severity.ERROR
    line: int | None = None


def warning(path: FieldPath, reason: str, message: str) -> Finding:
    """Return a finding that does not keep the resource out."""
    return Finding(path, reason, message, Severity.WARNING)
