"""Typed: what modules that ``flagctl generate python`` wrote call."""

from __future__ import annotations

import logging
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flagd.client.client import FlagClient
    from flagd.client.user import User

P = TypeVar("P")
OFF = "off"
log = logging.getLogger(__name__)
_MOST = 1000
_told: set[tuple[str, str]] = set()
_warned: set[str] = set()


def variant_of(client: FlagClient, flag_key: str, user: User | Mapping[str, Any], known: Collection[str]) -> str:
    """Return the key of the variant that `user` gets; ``off`` for one that was made after the module."""
    found = client.variant(flag_key, user, OFF).key
    if found in known:
        return found
    if (flag_key, found) not in _told and len(_told) < _MOST:
        _told.add((flag_key, found))
        log.warning(
            "flag %s has a variant %r that this program does not know; it is taken as off (logged once); "
            "generate the module again",
            flag_key,
            found,
        )
    return OFF


def payload_of(client: FlagClient, flag_key: str, user: User | Mapping[str, Any], default: P) -> P:
    """Return the payload that `user` gets; `default` where the variant has none, or nothing is decided."""
    payload = client.variant(flag_key, user, OFF).payload
    return default if payload is None else cast("P", payload)


def expired(flag_key: str, expires: str) -> None:
    """Warn once, from the day after `expires` (YYYY-MM-DD), that a flag was to be gone by then."""
    if flag_key not in _warned and datetime.now(UTC).date().isoformat() > expires:
        _warned.add(flag_key)
        message = f"flag {flag_key} was to be gone by {expires}"
        warnings.warn(message, DeprecationWarning, stacklevel=3)
