"""Tracking: who got which variant, told to a sink once a day for each user, flag and variant."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from flagd.tracking.event import assignment, exposures
from flagd.tracking.given import Given
from flagd.tracking.news import CAPACITY as REMEMBERED
from flagd.tracking.news import News
from flagd.tracking.outbox import CAPACITY, Outbox
from flagd.tracking.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import RLock
    from typing import Any, Protocol

    from flagd.tracking.given import Outcome
    from flagd.tracking.outbox import Sink
    from flagd.tracking.telling import Telling

    class Evaluation(Protocol):
        """What has answered."""

        @property
        def source(self) -> tuple[str, str]:
            """Project and revision that are answered from."""


class Tracking:
    """One for each sink. Nothing here blocks or raises; what a sink does not take in time is dropped, and counted."""

    def __init__(
        self,
        sink: Sink,
        *,
        assignments: bool = False,
        capacity: int = CAPACITY,
        remembered: int = REMEMBERED,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Tell `sink` of exposures.

        Args:
            sink: one of `flagd.tracking.sinks`, or anything that can be called with a list of events.
            assignments: whether it is also told what users got who were asked about all flags at once.
            capacity: events that wait for the sink at most; the oldest are dropped first.
            remembered: users × variants that are remembered, so that they are told once in 24 hours.
            clock: seconds since 1970.
        """
        self._outbox = Outbox(sink, capacity)
        self.exposed: Counter[tuple[str, str]] = Counter()
        """How many exposures there were in this process, by flag and variant."""
        self._exposed, self._assigned = News(remembered), News(remembered)
        self.is_repeat = self._exposed.repeats()
        """Whether the user of a context is known to have got a variant of a flag today. Else, say so by `expose`."""
        self._assignments = assignments
        self._clock = clock

    def expose(self, context: Mapping[str, Any], flag_key: str, variant: Outcome, evaluation: Evaluation) -> None:
        """Take in that a user, as the `context` of an `evaluation` has it, got a variant of a flag."""
        given = self._given(context, {flag_key: variant}, evaluation)
        subject = given.subject
        short = (subject.user_id, subject.device_id, flag_key, variant.key)
        if self._exposed.is_news(given.canonical, short):
            for event in exposures(given):
                self.exposed[flag_key, variant.key] += 1
                self._outbox.put(event)

    def assign(self, context: Mapping[str, Any], variants: Mapping[str, Outcome], evaluation: Evaluation) -> None:
        """Take in which variants a user got who was asked about all flags."""
        if not self._assignments or not variants:
            return
        given = self._given(context, variants, evaluation)
        if self._assigned.is_news(given.canonical):
            self._outbox.put(assignment(given))

    def tell(
        self, context: Mapping[str, Any], variants: Mapping[str, Outcome], evaluation: Evaluation, telling: Telling
    ) -> None:
        """Take in which variants a user got of several flags."""
        if telling.assignment:
            self.assign(context, variants, evaluation)
        if telling.exposures:
            for flag_key, variant in variants.items():
                if not self.is_repeat(context, flag_key, variant):
                    self.expose(context, flag_key, variant, evaluation)

    @property
    def sent(self) -> int:
        """Events that the sink has taken, in this process."""
        return self._outbox.sent

    @property
    def dropped(self) -> int:
        """Events that the sink was not told of, in this process: too many waited, or it refused them."""
        return self._outbox.dropped

    @property
    def busy(self) -> RLock:
        """Held while something is done that a fork must not cut in two."""
        return self._outbox.busy

    def heal(self) -> None:
        """Take in a fork: what waits is the parent's to send."""
        self.exposed.clear()
        self._outbox.heal()
        self._exposed.heal()
        self._assigned.heal()

    def close(self) -> None:
        """Have what waits taken, for 5 s at most."""
        self._outbox.close()

    def _given(self, context: Mapping[str, Any], variants: Mapping[str, Outcome], evaluation: Evaluation) -> Given:
        return Given(Subject.of(context), variants, int(self._clock() * 1000), *evaluation.source)
