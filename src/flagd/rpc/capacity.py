"""Capacity: how much memory the calls that run may hold, in sum and by connection. The newest is refused, not the rest.

What a call holds is estimated from what it sent: its bytes, the message made of them and the user made of that. The
estimate is above what was measured, so that the sum is a bound.
"""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from typing import TYPE_CHECKING

from flagd.rpc.limits import MESSAGE_BYTES
from flagd.rpc.status import Overloaded

if TYPE_CHECKING:
    from collections.abc import Hashable

CALL_BYTES = 16 * 1024
"""What a call holds that sent next to nothing: tasks, frames, buffers."""
EXPANSION = 3
"""Bytes held for each byte received: 2.2 were measured for the largest user."""
MOST_CALL_BYTES = CALL_BYTES + EXPANSION * 2 * MESSAGE_BYTES
"""What a call may hold: one message as it came and unpacked. One that sends many holds no more than one at a time."""
CONNECTION_SHARE = 4
"""One connection may hold this part of all."""
RESERVE_SHARE = 8
"""This part of all is kept for calls that hold little: large ones do not shut them out."""
_UNLIMITED = 1 << 62


class Capacity:
    """What all calls of a process hold, in bytes."""

    def __init__(self, limit: int = _UNLIMITED) -> None:
        """Let calls hold `limit` bytes in sum."""
        self.limit = limit
        self.held = 0
        self.released = 0
        """Bytes that calls held which have ended, since `relieved`."""
        self.refused: Counter[str] = Counter()
        """Calls refused, by what was full: ``all`` or ``connection``."""
        self._connections: dict[Hashable, int] = {}

    def open(self, connection: Hashable) -> Hold:
        """Return the hold of a call that begins on `connection`. Raises Overloaded."""
        self.take(connection, CALL_BYTES)
        return Hold(self, connection, CALL_BYTES)

    def relieved(self) -> None:
        """Take note that nothing is left of the calls that have ended."""
        self.released = 0

    def take(self, connection: Hashable, size: int) -> None:
        """Have `connection` hold `size` bytes more. Raises Overloaded, and nothing is held more then."""
        before = self._connections.get(connection, 0)
        limit = self.limit if size <= CALL_BYTES else self.limit - self.limit // RESERVE_SHARE
        if self.held + size > limit:
            self.refused["all"] += 1
            raise Overloaded("running calls use all the memory reserved for callers; try again later")
        if before + size > self.limit // CONNECTION_SHARE:
            self.refused["connection"] += 1
            raise Overloaded(
                "the calls of this connection use all the memory that one connection may have; end some of them"
            )
        self._connections[connection] = before + size
        self.held += size

    def give_back(self, connection: Hashable, size: int) -> None:
        """Have `connection` hold `size` bytes less."""
        self.held -= size
        self.released += size
        left = self._connections[connection] - size
        if left:
            self._connections[connection] = left
        else:
            del self._connections[connection]


class Hold:
    """What one call holds. To be closed when it has ended."""

    __slots__ = ("_capacity", "_connection", "size")

    def __init__(self, capacity: Capacity, connection: Hashable, size: int) -> None:
        self._capacity = capacity
        self._connection = connection
        self.size = size

    def received(self, size: int) -> None:
        """Take note that the call has sent so many bytes. Raises Overloaded."""
        more = min(EXPANSION * size, MOST_CALL_BYTES - self.size)
        if more > 0:
            self.add(more)

    def add(self, size: int) -> None:
        """Hold `size` bytes more. Raises Overloaded."""
        self._capacity.take(self._connection, size)
        self.size += size

    def drop(self, size: int) -> None:
        """Hold `size` bytes less."""
        self._capacity.give_back(self._connection, size)
        self.size -= size

    def close(self) -> None:
        """Hold nothing any more."""
        self._capacity.give_back(self._connection, self.size)
        self.size = 0


current: ContextVar[Hold | None] = ContextVar("hold", default=None)
"""The hold of the call that the running task answers."""


def received(size: int) -> None:
    """Take note that the call sent `size` bytes, or that they are so many when unpacked. Raises Overloaded."""
    hold = current.get()
    if hold is not None:
        hold.received(size)
