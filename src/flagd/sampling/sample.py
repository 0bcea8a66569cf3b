"""Sample: the users of one split who were seen, each once, in a table of fixed size.

A second hash, which knows nothing of the bucket, gives each user one of 65,536 slots, and the first user of a slot
counts for it. Whom that leaves out is chance, and the same chance in every part: the counts of a sample are those of
so many users drawn at random, however full it is. A slot tells nobody who the user is.
"""

from __future__ import annotations

from array import array
from itertools import count
from typing import TYPE_CHECKING

from flagd.condition.text import text
from flagd.engine.condition import reader
from flagd.hashing import murmur3, utf8
from flagd.sampling.slots import MOST_USERS, SLOTS, Slots

if TYPE_CHECKING:
    from flagd.engine.split import Split

SEED = 0x5EED
"""Of the second hash; buckets are hashed with seed 0, and after a salt."""

_SERIALS = count(1)


class Sample:
    """What one process has seen of one split. Lives as long as answers refer to it."""

    __slots__ = ("__weakref__", "_order", "_read", "_slots", "run", "serial", "split")

    def __init__(self, split: Split) -> None:
        self.split = split
        self.run = ""
        """Id of the run that it is for; empty until somebody asks."""
        self._read = reader(split.unit)
        self._begin()

    def take(self, context: object, part: int) -> None:
        """Take in that the user of `context` was told `part`; without an id nobody is counted."""
        if self.is_complete:
            return
        unit = text(self._read(context, {}))
        if unit:
            self.take_slot(murmur3(utf8(unit), SEED, False) % SLOTS, part)

    def take_slot(self, slot: int, part: int) -> None:
        """Take in what another process says: a user of `slot` was told `part`."""
        if self._slots.take(slot, part):
            self._order.append(slot)

    @property
    def is_complete(self) -> bool:
        """Whether there are enough users, and no more are taken in."""
        return len(self._order) >= MOST_USERS

    def serve(self, run: str) -> None:
        """Be the sample of `run`: forget what was seen in another one."""
        if self.run and self.run != run:
            self._begin()
        self.run = run

    def since(self, number: int, most: int) -> list[array[int]]:
        """Return the slots of each part after the first `number` that were taken, at most so many."""
        found = [array("H") for _ in self.split.parts]
        for slot in self._order[number : number + most]:
            found[self._slots.part(slot)].append(slot)
        return found

    def _begin(self) -> None:
        self.serial = next(_SERIALS)
        """Unique in the process, and another one whenever the sample begins again."""
        self._slots = Slots(len(self.split.parts))
        self._order = array("H")


class Place:
    """Where the users who get one answer are counted."""

    __slots__ = ("_part", "_sample")

    def __init__(self, sample: Sample, part: int) -> None:
        self._sample = sample
        self._part = part

    def take(self, context: object) -> None:
        """Take in that the user of `context` got the answer."""
        self._sample.take(context, self._part)

    @property
    def is_closed(self) -> bool:
        """Whether no more users are counted here."""
        return self._sample.is_complete
