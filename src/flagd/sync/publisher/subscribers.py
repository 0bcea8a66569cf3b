"""Subscribers: who subscribes now, and which revision each of them answers from.

One table per publisher, written by the service, read by anyone who must know what is really served.
A subscriber acknowledges to every publisher it is connected to, so the table of one that does not
publish is as good as the other's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from flagd.signal import Signal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

RoleName = Literal["replica", "client", "operator"]


@dataclass(frozen=True, slots=True)
class Served:
    """What a subscriber answers from for one project.

    Attributes:
        revision: content hash of the ruleset.
        flags: number of flags in it, as the subscriber says.
        since: when the publisher heard of it, in seconds since 1970.
    """

    revision: str
    flags: int
    since: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a subscriber did not take for one project; it keeps what it had.

    Attributes:
        revision: content hash of what was refused.
        reason: one line, in the subscriber's words.
        since: when the publisher heard of it, in seconds since 1970.
    """

    revision: str
    reason: str
    since: float


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One open stream.

    Attributes:
        role: what it is.
        name: name of the pod, or of the process outside a cluster.
        since: when it connected, in seconds since 1970.
        projects: those it wants; empty = all.
        served: what it answers from, by project.
        refused: what it refused, by project; a row goes when the project is next acknowledged.
    """

    role: RoleName
    name: str
    since: float
    projects: frozenset[str] = frozenset()
    served: Mapping[str, Served] = field(default_factory=dict)
    refused: Mapping[str, Refusal] = field(default_factory=dict)

    def serves(self, project: str, revision: str) -> bool:
        """Whether it answers from this revision of `project`."""
        served = self.served.get(project)
        return served is not None and served.revision == revision


class Subscribers:
    """The table. Lives in the service's event loop."""

    def __init__(self) -> None:
        self._subscribers: dict[int, Subscriber] = {}
        self._changed = Signal()
        self._last = 0

    @property
    def streams(self) -> tuple[Subscriber, ...]:
        """Every open stream, the newest last. Two may have one name: the older is about to break."""
        return tuple(self._subscribers.values())

    @property
    def replicas(self) -> Mapping[str, Subscriber]:
        """Subscribers of role replica by name: those that count towards Published."""
        return {one.name: one for one in self._subscribers.values() if one.role == "replica"}

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever the table changes; the reader clears it first, then reads."""
        return self._changed.subscribe()

    @contextmanager
    def enter(self, subscriber: Subscriber) -> Iterator[Row]:
        """Keep `subscriber` in the table for as long as its stream is open. For the service."""
        self._last += 1
        number = self._last
        try:
            yield Row(self, number, subscriber)
        finally:
            self._put(number, None)

    def _put(self, number: int, subscriber: Subscriber | None) -> None:
        if subscriber is None:
            self._subscribers.pop(number, None)
        else:
            self._subscribers[number] = subscriber
        self._changed.wake()


class Row:
    """One row of the table, as the service writes it."""

    def __init__(self, table: Subscribers, number: int, subscriber: Subscriber) -> None:
        self._table = table
        self._number = number
        self._write(subscriber)

    @property
    def subscriber(self) -> Subscriber:
        """The row as it stands."""
        return self._subscriber

    def ack(self, project: str, served: Served | None) -> None:
        """Record that the subscriber answers from `served`; None = no longer for this project."""
        before = self._subscriber
        others = {name: one for name, one in before.served.items() if name != project}
        now = others if served is None else {**others, project: served}
        refused = {name: one for name, one in before.refused.items() if name != project}
        self._write(replace(before, served=now, refused=refused))

    def nack(self, project: str, refusal: Refusal) -> None:
        """Record that the subscriber refused something."""
        before = self._subscriber
        self._write(replace(before, refused={**before.refused, project: refusal}))

    def _write(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber
        self._table._put(self._number, subscriber)
