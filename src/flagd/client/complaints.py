"""Complaints: what goes wrong with lookups, in the log once for each kind and flag, and never in the caller's way."""

from __future__ import annotations

import logging
from typing import Any, TypeVar

from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason
from flagd.process.printable import printable

log = logging.getLogger(__name__)
MOST = 1000
"""Most complaints that are remembered; beyond that, none is logged that was not before."""
P = TypeVar("P")


class Complaints:
    """One per client."""

    def __init__(self) -> None:
        self._told: set[tuple[ErrorCode, str]] = set()

    def answer(self, error: ErrorCode, message: str, flag_key: object, default: str | Variant[P]) -> Variant[Any]:
        """Return the caller's default with what went wrong, and log that if it is news."""
        self.note(error, f"{message}; callers get their default", flag_key)
        return as_default(default, Reason.ERROR, error, message)

    def note(self, error: ErrorCode, message: str, flag_key: object) -> None:
        """Log what went wrong, if it is news."""
        about = "" if error is ErrorCode.PROVIDER_NOT_READY else str(flag_key)[:200]
        if (error, about) not in self._told and len(self._told) < MOST:
            self._told.add((error, about))
            log.warning("flag %s: %s (logged once)", printable(about) or "(any)", message)


def as_default(
    default: str | Variant[P], reason: Reason, error: ErrorCode | None = None, message: str = ""
) -> Variant[Any]:
    """Return a caller's default as an answer."""
    given = default if isinstance(default, Variant) else Variant(str(default))
    return Variant(given.key, given.value, given.payload, reason, "", given.metadata, error, message)
