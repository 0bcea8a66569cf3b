"""Supervision: a running call ends at its caller's deadline, and soon after its caller has gone.

pyvoy answers ``receive()`` after the end of a request at once and always, with an empty part, and says
``http.disconnect`` only to anyone who asks after the caller went. So we ask, at growing intervals; waiting in a
loop would spin.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from flagd.rpc.status import DeadlineExceeded
from flagd.transport.asgi.body import Disconnected

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType

    from flagd.transport.asgi.body import Event, Receive

T = TypeVar("T")

FIRST_CHECK = 0.05
"""Seconds until a call is first checked for a caller that has gone; doubled every time."""

SLOWEST_CHECK = 4.0
"""Most seconds between two checks: one costs about 50 µs, 1,000 idle streams about 1 % of a core."""


class Supervision:
    """A context manager around the work of one call, in the task that does it.

    Leaving it raises DeadlineExceeded or Disconnected in place of the CancelledError it caused itself.
    """

    # No task that watches: there would be one for each of thousands of streams.
    __slots__ = ("_asked", "_interval", "_next", "_receive", "_remaining", "_task", "_timer", "_verdict")

    def __init__(self, receive: Receive | None, remaining: float | None) -> None:
        self._receive = receive
        self._remaining = remaining
        self._verdict: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._interval = FIRST_CHECK
        self._next: asyncio.TimerHandle | None = None
        self._asked: asyncio.Future[Event] | None = None

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = asyncio.current_task()
        if self._remaining is not None:
            self._timer = loop.call_later(self._remaining, self._stop, DeadlineExceeded("the deadline has passed"))
        if self._receive is not None:
            self._next = loop.call_later(self._interval, self._ask, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._next is not None:
            self._next.cancel()
        if self._asked is not None:
            self._asked.cancel()
        # What is raised holds this frame, and this frame must not hold what is raised: nothing would free the two.
        verdict, self._verdict = self._verdict, None
        task, self._task = self._task, None
        if verdict is None or task is None:
            return
        task.uncancel()
        if kind is asyncio.CancelledError:
            try:
                raise verdict from None
            finally:
                del verdict, error, trace

    def _ask(self, receive: Receive) -> None:
        """Ask whether the caller is still there."""
        self._asked = asyncio.ensure_future(receive())
        self._asked.add_done_callback(partial(self._told, receive))

    def _told(self, receive: Receive, asked: asyncio.Future[Event]) -> None:
        self._asked = None
        if asked.cancelled():
            return
        event = asked.result()
        if self._task is None:  # the call ended before it was told
            return
        if event["type"] == "http.disconnect":
            self._stop(Disconnected())
            return
        self._interval = min(self._interval * 2, SLOWEST_CHECK)
        self._next = asyncio.get_running_loop().call_later(self._interval, self._ask, receive)

    def _stop(self, verdict: Exception) -> None:
        if self._verdict is None and self._task is not None:
            self._verdict = verdict
            self._task.cancel()


class Resumed:
    """Awaits the rest of a coroutine that was started by ``send(None)`` and yielded ``pending``.

    Starting it that way shows whether it waits at all: most calls don't, and need no supervision.
    """

    __slots__ = ("_coroutine", "_pending")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], pending: object) -> None:
        self._coroutine = coroutine
        self._pending = pending

    def __await__(self) -> Generator[Any, Any, Any]:
        pending = self._pending
        while True:
            try:
                try:
                    value = yield pending
                except BaseException as error:  # noqa: BLE001 - whatever the loop throws belongs to the coroutine
                    pending = self._coroutine.throw(error)
                else:
                    pending = self._coroutine.send(value)
            except StopIteration as done:
                return done.value


async def supervised(coroutine: Coroutine[Any, Any, T], receive: Receive, remaining: float | None) -> T:
    """Return what ``coroutine`` returns; supervised from the moment it first waits."""
    try:
        pending = coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    with Supervision(receive, remaining):
        return await Resumed(coroutine, pending)  # type: ignore[no-any-return]
