"""Written: times, numbers and untrusted text as templates write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BIDI = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HIDING = re.compile(f"[{_CONTROL}{_BIDI}]")


def age(stamp: str, now: datetime) -> str:
    """Return how long ago `stamp` (RFC 3339) was, such as ``3d``; ``in 3d`` where it is to come; empty for no time."""
    at = parsed(stamp)
    if at is None:
        return ""
    seconds = int((now - at).total_seconds())
    text = next((f"{abs(seconds) // length}{unit}" for unit, length in _UNITS if abs(seconds) >= length), "now")
    return f"in {text}" if seconds < 0 and text != "now" else text


def utc(stamp: str) -> str:
    """Return `stamp` (RFC 3339) as ``2026-12-01 15:00 UTC``; as it is where it is not a time."""
    at = parsed(stamp)
    return stamp if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def parsed(stamp: str) -> datetime | None:
    """Return the time that `stamp` says; None where it says none."""
    try:
        at = datetime.fromisoformat(stamp)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # beyond the years that there are, in UTC
        return None


class Verbatim(str):
    """Text of a form, which is sent back as it is."""

    __slots__ = ()


def visible(value: object) -> object:
    """Return text with what could turn or hide what stands beside it spelled out: control and bidi characters."""
    return _HIDING.sub(lambda found: repr(found[0])[1:-1], value) if type(value) is str else value


def width(percent: str) -> float:
    """Return `percent` as a number from 0 to 100 for a bar."""
    try:
        return min(100.0, max(0.0, float(percent)))
    except ValueError:
        return 0.0
