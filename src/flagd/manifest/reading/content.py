"""Content: what the text of one document says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest.finding import Finding
    from flagd.manifest.path import FieldPath


@dataclass(frozen=True, slots=True)
class Content:
    """What was read.

    Attributes:
        data: what it says, as JSON would give it; None when empty or unreadable.
        findings: what is wrong with it as YAML or JSON.
        spelled: how unquoted scalars are spelled, by path: integers other than in decimal digits; in payloads and
            metadata booleans other than as true or false.
    """

    data: Any = None
    findings: Sequence[Finding] = ()
    spelled: Mapping[FieldPath, str] = field(default_factory=dict)
