"""Election: who holds the Lease, decided from what was seen of it and when.

The rules are those of client-go: an expiry is judged by when a change was seen here, never by the
clock of the holder, so that clocks may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

DURATION_SECONDS = 15.0
RENEW_SECONDS = 10.0
RETRY_SECONDS = 2.0


class Step(Enum):
    """What a candidate does next."""

    ACQUIRE = "acquire"
    RENEW = "renew"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Record:
    """What a Lease says.

    Attributes:
        holder: identity of the holder; empty once it was released.
        renewed: the holder's time stamp, only compared for being another one.
        transitions: how often the holder changed.
        duration: seconds after which it may be taken from a holder that does not renew.
    """

    holder: str
    renewed: str
    transitions: int
    duration: float = DURATION_SECONDS


class Election:
    """The view of the candidate `identity`. Times are seconds of one clock that never goes back."""

    def __init__(self, identity: str) -> None:
        self._identity = identity
        self._record: Record | None = None
        self._changed = float("-inf")
        self._renewed = float("-inf")
        self._transitions = -1
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """Number of the term this candidate has or had last; 0 before the first. Grows from holder to holder."""
        return self._epoch

    def observe(self, record: Record | None, now: float) -> None:
        """Note what the Lease says; None if there is none."""
        if record != self._record:
            self._record, self._changed = record, now
        if record is not None:
            self._transitions = max(self._transitions, record.transitions)

    def step(self, now: float) -> Step:
        """Return what to do about the Lease as it was seen last."""
        record = self._record
        if record is None or not record.holder:
            return Step.ACQUIRE
        if record.holder == self._identity:
            return Step.RENEW
        return Step.ACQUIRE if now >= self._changed + record.duration else Step.WAIT

    @property
    def next_transitions(self) -> int:
        """The number of transitions to write, for a term of one's own."""
        record = self._record
        if record is not None and record.holder == self._identity:
            return record.transitions
        return self._transitions + 1

    def won(self, record: Record, now: float) -> None:
        """Note that `record`, with this candidate as holder, was written; `now` is when writing it began."""
        self.observe(record, now)
        self._changed = self._renewed = now
        self._epoch = record.transitions + 1

    def released(self) -> None:
        """Note that the term was given up."""
        self._renewed = float("-inf")

    def leads(self, now: float) -> bool:
        """Return whether the term is still safe: renewed so lately that nobody else can have taken it."""
        return now < self._renewed + RENEW_SECONDS
