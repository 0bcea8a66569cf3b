"""Passage: one entry of the history of a ramp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Passage:
    """What happened once.

    Attributes:
        at: RFC 3339.
        before: percentage, text.
        after: percentage, text.
        reason: why, in a word.
        by: who asked for it; empty where nobody did, or nobody knows.
    """

    at: str
    before: str
    after: str
    reason: str
    by: str

    def __str__(self) -> str:
        by = f" by {self.by}" if self.by else ""
        return f"{self.at}  {self.before}→{self.after} %  {self.reason}{by}"


def passages(rollout: Mapping[str, Any]) -> tuple[Passage, ...]:
    """Return the history in ``status.rollout``, the oldest first."""
    return tuple(_passage(each) for each in rollout.get("history") or ())


def _passage(told: Mapping[str, Any]) -> Passage:
    return Passage(*(str(told.get(name) or "") for name in ("at", "from", "to", "reason", "by")))
