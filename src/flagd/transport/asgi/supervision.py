"""Supervision: a running call ends at its caller's deadline, and soon after its caller has gone.

pyvoy answers ``receive()`` after the end of a request at once and always, with an empty part, and says
``http.disconnect`` only to anyone who asks after the caller went. So we ask, at growing intervals; waiting in a
loop would spin.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self, TypeVar

from flagd.rpc.status import DeadlineExceeded
from flagd.transport.asgi.body import Disconnected

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType

    from flagd.transport.asgi.body import Receive

T = TypeVar("T")

FIRST_CHECK = 0.05
"""Seconds until a call is first checked for a caller that has gone; doubled every time."""

SLOWEST_CHECK = 4.0
"""Most seconds between two checks: one costs about 50 µs, 1,000 idle streams about 1 % of a core."""


class Supervision:
    """A context manager around the work of one call, in the task that does it.

    Leaving it raises DeadlineExceeded or Disconnected in place of the CancelledError it caused itself.
    """

    __slots__ = ("_receive", "_remaining", "_task", "_timer", "_verdict", "_watcher")

    def __init__(self, receive: Receive | None, remaining: float | None) -> None:
        self._receive = receive
        self._remaining = remaining
        self._verdict: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = asyncio.current_task()
        if self._remaining is not None:
            self._timer = loop.call_later(self._remaining, self._stop, DeadlineExceeded("the deadline has passed"))
        if self._receive is not None:
            self._watcher = loop.create_task(self._watch(self._receive))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
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

    async def _watch(self, receive: Receive) -> None:
        interval = FIRST_CHECK
        while True:
            await asyncio.sleep(interval)
            if (await receive())["type"] == "http.disconnect":
                self._stop(Disconnected())
                return
            interval = min(interval * 2, SLOWEST_CHECK)

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
