"""Publication: what a publisher publishes at one time, and where the service reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flagd.signal import Signal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from flagd.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Publication:
    """Every ruleset of one publisher, and with what right it is published. Replaced whole.

    Attributes:
        rulesets: by project. A project that is not here was removed, and subscribers get a Removal.
        publishing: whether this publisher decides, that is, holds the Lease. While it does not,
            subscribers get heartbeats only, and its rulesets may be anything.
        epoch: number of the lease, ≥ 0. Among connected publishers that decide, the highest wins.
        sequence: grows with every change within an epoch, ≥ 0.
        stale: whether the publisher has itself lost touch with its source.
    """

    rulesets: Mapping[str, Ruleset]
    publishing: bool = True
    epoch: int = 0
    sequence: int = 0
    stale: bool = False


class Publications(Protocol):
    """Where the service reads what to publish. Lives in the service's event loop."""

    @property
    def current(self) -> Publication | None:
        """What is published now; None before the first, when subscribers have to wait."""

    @property
    def closed(self) -> bool:
        """Whether the publisher goes: subscribers are sent away with UNAVAILABLE."""

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever `current` or `closed` change; the reader clears it first, then reads."""


class Board:
    """Publications that are put up by hand: ``board.put(publication)``. What the operator uses."""

    def __init__(self) -> None:
        self._current: Publication | None = None
        self._closed = False
        self._changed = Signal()

    @property
    def current(self) -> Publication | None:
        """What is published now; None before the first."""
        return self._current

    @property
    def ready(self) -> bool:
        """Whether anything has been published."""
        return self._current is not None

    @property
    def closed(self) -> bool:
        """Whether `close` has been called."""
        return self._closed

    def put(self, publication: Publication) -> None:
        """Publish this from now on. To be called in the service's event loop."""
        self._current = publication
        self._changed.wake()

    def close(self) -> None:
        """Send the subscribers away, and refuse new ones."""
        self._closed = True
        self._changed.wake()

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set at every change."""
        return self._changed.subscribe()
