"""Stream: one open stream of rulesets, as its publisher sees it: what it was sent, and what it has not answered."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.rpc.beat import Beat
    from flagd.sync.publisher.ack_deadline import AckDeadline
    from flagd.sync.publisher.admissions import Counts
    from flagd.sync.publisher.session import Session
    from flagd.sync.publisher.subscription import Subscription

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Stream:
    """One stream, for as long as it is open.

    Attributes:
        subscription: what the subscriber asked for.
        authorization: the header of that name; None = there is none.
        session: what it has and is being sent.
        ack_deadline: how long it may still owe an answer.
        beat: when the next heartbeat is due.
        said: the term of the last heartbeat, in a tuple; None before the first.
        answers_heartbeats: whether it has answered one.
        heartbeats: how many were sent.
        counts: what it said last that it counted.
    """

    subscription: Subscription
    authorization: str | None
    session: Session
    ack_deadline: AckDeadline
    beat: Beat
    said: tuple[object] | None = None
    answers_heartbeats: bool = False
    heartbeats: int = 0
    counts: Counts = field(default_factory=dict)

    @property
    def time_left(self) -> float:
        """Seconds until the subscriber is given up; infinite while it owes nothing."""
        return self.ack_deadline.deadline - time.monotonic()

    def owe(self, size: int = 0) -> None:
        """Record that the subscriber is to answer what is sent next."""
        self.ack_deadline.ask(time.monotonic(), size)

    def heard(self) -> None:
        """Record that the subscriber has said something."""
        self.ack_deadline.hear(time.monotonic(), owing=self.session.waiting)

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Cancel the running task if what is done inside is not done in time: a peer that reads nothing blocks it."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        timer: asyncio.TimerHandle | None = None

        def check() -> None:
            nonlocal timer
            if (left := self.time_left) > 0:
                timer = loop.call_later(left, check)
            elif task is not None:
                log.warning("subscriber %r reads nothing, closing its stream", self.subscription.name)
                task.cancel()

        if self.time_left != float("inf"):
            timer = loop.call_later(self.time_left, check)
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
