"""Moment: seconds since 1970 as RFC 3339, and back."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: float) -> str:
    """Return `at`, seconds since 1970, as a status shows it: 1796000000 → ``2026-11-30T00:53:20Z``."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text: str) -> float:
    """Return the seconds since 1970 of `text`, RFC 3339 with an offset. Raises ValueError where it is not."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write it with one, such as 2026-12-01T09:00:00Z")
    return found.timestamp()
