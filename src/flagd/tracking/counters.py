"""Counters: what users did who got a variant: how often each event happened, by flag, variant and arm of a rollout."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from flagd.engine.variant import ROLLOUT_ARM, Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from flagd.tracking.given import Outcome

    Answer = Callable[[str], "Outcome | None"]

ARMS = (Arm.TREATED, Arm.CONTROL)
USERS = 10_000
"""Most users whose last answers are remembered, where a server decides."""


class Labels(NamedTuple):
    """What is counted by."""

    flag: str
    variant: str
    arm: str
    event: str


class Counters:
    """The events and flags that are counted: no others, so what is kept is bounded by what the program names."""

    def __init__(self, *, flags: Iterable[str], events: Iterable[str]) -> None:
        """Count `events`, for the variants of `flags`."""
        self.flags = frozenset(flags)
        self.events = frozenset(events)
        self.busy = threading.RLock()
        self._counts: Counter[Labels] = Counter()
        self._last: OrderedDict[tuple[str, str], dict[str, Outcome]] = OrderedDict()

    def count(self, event: str, answer: Answer) -> None:
        """Count an event of a user who got what `answer` says of a flag; None = that is not known.

        Raises:
            LookupError: the event is none of those that are counted.
        """
        if event not in self.events:
            raise LookupError(f"event {event!r} is not one of those that are counted: {', '.join(sorted(self.events))}")
        for flag in self.flags:
            if (variant := answer(flag)) is not None:
                labels = Labels(flag, variant.key, str((variant.metadata or {}).get(ROLLOUT_ARM, "")), event)
                with self.busy:
                    self._counts[labels] += 1

    def remember(self, context: Mapping[str, Any], flag: str, variant: Outcome) -> None:
        """Take in what a server has answered, for the events of this user that are still to come."""
        if flag not in self.flags:
            return
        with self.busy:
            answers = self._last.setdefault(_ids(context), {})
            answers[flag] = variant
            self._last.move_to_end(_ids(context))
            if len(self._last) > USERS:
                self._last.popitem(last=False)

    def last(self, context: Mapping[str, Any], flag: str) -> Outcome | None:
        """Return what was answered last; None = nothing, or too long ago."""
        return self._last.get(_ids(context), {}).get(flag)

    @property
    def counts(self) -> dict[Labels, int]:
        """How often each happened in this process."""
        with self.busy:
            return dict(self._counts)

    def heal(self) -> None:
        """Take in a fork: what was counted is the parent's."""
        self.busy = threading.RLock()
        self._counts = Counter()


def _ids(context: Mapping[str, Any]) -> tuple[str, str]:
    user = context.get("user") or {}
    return str(user.get("user_id")), str(user.get("device_id"))
