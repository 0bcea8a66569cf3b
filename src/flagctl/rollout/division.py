"""Division: how the users of one segment who were seen in a run are divided, beside what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Share:
    """The users who get one variant.

    Attributes:
        arm: treated or control.
        variant: key.
        users: how many were seen.
        seen: how many of all who were seen, in percent.
        expected: how many there should be, in percent.
    """

    arm: str
    variant: str
    users: int
    seen: float
    expected: float


@dataclass(frozen=True, slots=True)
class Division:
    """One segment.

    Attributes:
        segment: its name.
        mismatched: whether its users are divided otherwise than percentages and weights say.
        value: evidence of another division.
        limit: what the evidence must reach.
        users: how many were seen.
        shares: of its variants.
    """

    segment: str
    mismatched: bool
    value: float
    limit: float
    users: int
    shares: tuple[Share, ...]


def divisions_of(rollout: Mapping[str, Any]) -> list[Division]:
    """Return each segment whose users were seen, from ``status.rollout``; the mismatch that was found comes first."""
    ratio = (rollout.get("run") or {}).get("ratio") or {}
    limit, found = float(ratio.get("limit", 1)), ratio.get("found")
    told = [each for each in ratio.get("segments") or () if found is None or _widths(each) != _widths(found)]
    counted = [each for each in (_division(each, limit, mismatched=False) for each in told) if each.users]
    return counted if found is None else [_division(found, limit, mismatched=True), *counted]


def _division(segment: Mapping[str, Any], limit: float, *, mismatched: bool) -> Division:
    parts = segment.get("parts") or ()
    users = sum(int(each.get("users", 0)) for each in parts)
    width = sum(int(each.get("width", 0)) for each in parts)
    shares = tuple(_share(each, users, width) for each in parts)
    return Division(str(segment.get("name")), mismatched, float(segment.get("value", 1)), limit, users, shares)


def _share(part: Mapping[str, Any], users: int, width: int) -> Share:
    count, expected = int(part.get("users", 0)), int(part.get("width", 0))
    seen, due = 100 * count / (users or 1), 100 * expected / (width or 1)
    return Share(str(part.get("arm")), str(part.get("variant")), count, seen, due)


def _widths(segment: Mapping[str, Any]) -> list[object]:
    """Return what tells one division of a segment from another, as before and after a step."""
    return [segment.get("name"), *(each.get("width") for each in segment.get("parts") or ())]
