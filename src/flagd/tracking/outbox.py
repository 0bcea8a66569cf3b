"""Outbox: events on their way to a sink, in a thread. Bounded: the oldest are dropped first, and counted."""

from __future__ import annotations

import logging
import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from flagd.backoff import Backoff
from flagd.process.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagd.tracking.event import Event

    Sink = Callable[[Sequence[Event]], object]
    """Takes a batch. Raises SinkRefusedError for one that it will never take, and anything else to be asked again."""

log = logging.getLogger(__name__)
CAPACITY = 10_000
"""Most events that wait."""
BATCH = 500
"""Most events that a sink is given at once."""
LINGER_SECONDS = 1.0
"""How long the first event of a batch waits for others."""
STOP_SECONDS = 5.0
"""How long whoever closes it waits for what is left to be taken."""
RETRY = Backoff(0.5, 60.0)


class SinkRefusedError(Exception):
    """The sink will never take this batch; the text says why."""


class Outbox:
    """Filled by any thread, emptied by one of its own, which begins with the first event."""

    def __init__(self, sink: Sink, capacity: int = CAPACITY) -> None:
        """Hand events to `sink`, and keep `capacity` of them at most meanwhile."""
        self.busy = threading.RLock()
        self.sent = 0
        self.dropped = 0
        self._sink = sink
        self._capacity = capacity
        self._begin()

    def _begin(self) -> None:
        self._waiting: deque[Event] = deque()
        self._gone = 0  # events that have left the queue at its old end
        self._news = threading.Condition(self.busy)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._complaint = ""

    def put(self, event: Event) -> None:
        """Queue an event; where there is no room, the oldest is dropped. Raises nothing."""
        with self.busy:
            if self._stopping.is_set():
                self.dropped += 1
                return
            self._waiting.append(event)
            if len(self._waiting) > self._capacity:
                self._leave(1)
                self.dropped += 1
            if self._thread is None or not self._thread.is_alive():
                self._start()
            elif len(self._waiting) in (1, BATCH):
                self._news.notify()

    def close(self, seconds: float = STOP_SECONDS) -> None:
        """Have what is left taken, for so many seconds at most; what was not by then is dropped."""
        with self.busy:
            self._stopping.set()
            self._news.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)
        with self.busy:
            self.dropped += len(self._waiting)
            self._leave(len(self._waiting))

    def heal(self) -> None:
        """Take in a fork: what waits is the parent's to send, and its thread is not here."""
        self.busy = threading.RLock()
        self.sent = self.dropped = 0
        self._begin()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="flagd-events", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:  # the interpreter ends, or has none to give
            self._thread = None
            self._complain(f"no thread can be started ({error}): events wait")

    def _run(self) -> None:
        failures = 0
        while batch := self._next():
            try:
                failures = 0 if self._deliver(batch) else failures + 1
            except Exception:
                log.exception("the batch of events cannot be delivered")
                failures += 1
            if failures and self._stopping.wait(RETRY.spread(failures)):
                return  # whoever closes does not wait for a sink that fails

    def _next(self) -> list[Event]:
        """Wait for a batch, and leave it in the queue; none when it is closed and empty."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._stopping.is_set())
            self._news.wait_for(lambda: len(self._waiting) >= BATCH or self._stopping.is_set(), LINGER_SECONDS)
            self._taken = self._gone
            return list(islice(self._waiting, BATCH))

    def _deliver(self, batch: list[Event]) -> bool:
        """Give `batch` to the sink; return whether it need not be given again."""
        try:
            self._sink(batch)
        except SinkRefusedError as error:
            self._complain(f"{len(batch)} events are dropped: {error}")
            taken = 0
        except Exception as error:  # noqa: BLE001 - a sink may be anything
            self._complain(f"events wait: {type(error).__name__}: {error}")
            return False
        else:
            taken = len(batch)
            self._complaint = ""
        self._settle(len(batch), taken)
        return True

    def _settle(self, size: int, taken: int) -> None:
        """Take a batch out of the queue. What the queue lost of it meanwhile was counted as dropped then."""
        with self.busy:
            lost = min(self._gone - self._taken, size)
            self._leave(min(size - lost, len(self._waiting)))
            self.sent += taken
            self.dropped += size - lost if not taken else -lost

    def _leave(self, number: int) -> None:
        for _ in range(number):
            self._waiting.popleft()
        self._gone += number

    def _complain(self, what: str) -> None:
        level = logging.DEBUG if what == self._complaint else logging.WARNING
        log.log(level, "%s", printable(what, 500))
        self._complaint = what
