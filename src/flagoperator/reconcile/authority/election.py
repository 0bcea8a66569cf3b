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
LONGEST_SECONDS = 30.0
"""Longest time without a renewal that is waited for, whatever a Lease says."""
MOST_TRANSITIONS = 2**30
"""Highest number of transitions that is believed: one a second for 34 years. The API server takes 2^31 - 1."""


class Step(Enum):
    """What a candidate does next."""

    ACQUIRE = "acquire"
    RENEW = "renew"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Record:
    """What a Lease says, as far as it can be believed.

    Attributes:
        holder: identity of the holder; empty once it was released.
        renewed: the holder's time stamp, only compared for being another one.
        transitions: how often the holder changed; None where that is not a number that counting arrives at.
        duration: seconds after which it may be taken from a holder that does not renew.
    """

    holder: str
    renewed: str
    transitions: int | None
    duration: float = DURATION_SECONDS

    @classmethod
    def read(cls, spec: object) -> Record:
        """Return what the ``spec`` of a Lease says. Anyone who may write Leases may have written anything."""
        fields = spec if isinstance(spec, dict) else {}
        transitions = fields.get("leaseTransitions")
        return cls(
            holder=_text(fields.get("holderIdentity")),
            renewed=_text(fields.get("renewTime")),
            transitions=0 if transitions is None else _count(transitions),
            duration=_seconds(fields.get("leaseDurationSeconds")),
        )


class Election:
    """The view of the candidate `identity`. Times are seconds of one monotonic clock."""

    def __init__(self, identity: str) -> None:
        self._identity = identity
        self._record: Record | None = None
        self._changed = float("-inf")
        self._renewed = float("-inf")
        self._seen = -1
        self._epoch = 0
        self._in_term = False
        self._looked = float("-inf")
        self.vacant_since = float("-inf")
        """Since when no other candidate is known to have led: when the Lease was seen last before a renewal or release
        of another's was."""

    @property
    def epoch(self) -> int:
        """Number of the term this candidate has or had last; 0 before the first. Grows from holder to holder."""
        return self._epoch

    def observe(self, record: Record | None, now: float) -> None:
        """Note what the Lease says; None if there is none."""
        if record is not None and self._was_written_by_another(record):
            self.vacant_since = self._looked
        self._looked = now
        if record != self._record:
            self._record, self._changed = record, now
        if record is None or record.holder != self._identity:
            self._in_term = False
        if record is not None:
            # What cannot be believed still says that somebody has held it.
            self._seen = max(self._seen, 0) if record.transitions is None else record.transitions

    def _was_written_by_another(self, record: Record) -> bool:
        """Return whether another holder has renewed or released since the last look. What people write is neither."""
        before = self._record
        holder = record.holder or (before.holder if before else "")
        return holder not in ("", self._identity) and (before is None or record.renewed != before.renewed)

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
        """The number of transitions to write, for a term of one's own: one term has one, whatever the Lease says.

        After the highest it is counted from 1 again, so that no value of a Lease can keep everybody from holding it.
        """
        if self._in_term:
            return self._epoch - 1
        following = (number + 1 for number in (self._seen, self._epoch - 1))
        return max((number for number in following if number <= MOST_TRANSITIONS), default=1)

    def won(self, record: Record, now: float) -> None:
        """Note that `record`, with this candidate as holder, was written; `now` is when writing it began."""
        self.observe(record, now)
        self._changed = self._renewed = now
        self._in_term = True
        self._epoch = self._seen + 1

    def released(self) -> None:
        """Note that the term was given up."""
        self._in_term = False
        self._renewed = float("-inf")

    def leads(self, now: float) -> bool:
        """Return whether the term is still safe: renewed so lately that nobody else can have taken it."""
        record = self._record
        taken = record is not None and record.holder not in ("", self._identity)
        return not taken and now < self._renewed + RENEW_SECONDS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MOST_TRANSITIONS else None


def _seconds(value: object) -> float:
    """Return `value` as a duration that is safe: a shorter one would let two lead, a longer one nobody."""
    return float(min(max(value, DURATION_SECONDS), LONGEST_SECONDS)) if type(value) is int else DURATION_SECONDS
