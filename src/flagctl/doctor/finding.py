"""Finding: one sentence about an installation, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence.

    Attributes:
        level: how bad it is.
        about: the part that it is about, such as ``Lease``.
        text: what holds.
        remedy: what to type or to change; empty where there is nothing to do.
        state: what must still be the same at a second look for this to count: a part that starts, or an edit that
            is on its way, is not wrong. Empty = one look is enough.
    """

    level: Level
    about: str
    text: str
    remedy: str = ""
    state: str = ""


def listed(names: list[str], most: int = 5) -> str:
    """Return ``a, b and 3 more``."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def joined(names: list[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
