"""Samples: those of one process, by flag and segment, and what an operator is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from flagd.engine.flag import splits_of
from flagd.sampling.sample import Place, Sample
from flagd.sampling.slots import MOST_PARTS, unpacked
from flagd.sampling.user_sample import split_of, to_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.engine.split import Split
    from flagd.engine.variant import Variant
    from flagd.ruleset import EvaluationFlag
    from flagd.v1.ruleset_pb2 import AdmissionQuery, UserSample

    At = tuple[str, str]
    Key = tuple[str, str, Split]

MOST_SAMPLES = 500
"""Of 110 kB each; segments beyond that are not sampled."""
TELL = 4_000
"""Users of one sample that are told at a time."""
TELL_BYTES = 256 * 1024
"""Size at which no more is told at a time."""

Told = dict[int, int]
"""How many users of each sample, by its serial number, one stream was told."""


class Samples:
    """Written by whoever answers or is told of users, read by whoever reports, in one event loop.

    What no answer refers to is gone, unless other processes told of it for a run that goes on.
    """

    def __init__(self) -> None:
        self._known: WeakValueDictionary[Key, Sample] = WeakValueDictionary()
        self._received: dict[Key, Sample] = {}
        self._asked: dict[At, str] = {}
        self._splits: dict[At, tuple[EvaluationFlag, frozenset[Split]]] = {}

    def place(self, project: str, flag: str, variant: Variant) -> Place | None:
        """Return where users who get `variant` are counted; None where it is of no split, or there is no room."""
        split = variant.split
        number = None if split is None or variant.arm is None else split.number(variant.arm, variant.key)
        if split is None or number is None:
            return None
        sample = self._sample((project, flag, split))
        return None if sample is None else Place(sample, number)

    def receive(self, project: str, source: EvaluationFlag, told: UserSample) -> str:
        """Take in users of the flag `source` whom a process saw that evaluates for itself.

        Return the id of the run that counts them; empty where none does now, or where they are divided otherwise.
        """
        at, split = (project, source["key"]), split_of(told)
        run = self._asked.get(at, "")
        if not run or split not in self._splits_of(at, source):
            return ""
        sample = self._sample((*at, split))
        if sample is None:
            return ""
        if (*at, split) not in self._received:  # of a step before this one nobody is told any more
            before = {key for key in self._received if key[:2] == at and key[2].segment == split.segment}
            self._received = {key: one for key, one in self._received.items() if key not in before}
            self._received[*at, split] = sample
        sample.serve(run)
        for number, part in enumerate(told.parts):
            for slot in unpacked(part.slots):
                sample.take_slot(slot, number)
        return run

    def report(self, queries: Sequence[AdmissionQuery], told: Told) -> list[UserSample]:
        """Return what `told` lacks of the samples that `queries` ask for, and bring it up to date."""
        asked = self._asked = {(each.project, each.flag): each.run for each in queries if each.run}
        self._received = {key: sample for key, sample in self._received.items() if key[:2] in asked}
        self._splits = {at: splits for at, splits in self._splits.items() if at in asked}
        known = list(self._known.items())
        wanted = [(key, sample) for key, sample in known if key[:2] in asked]
        size = 0
        found: list[UserSample] = []
        for (project, flag, _), sample in wanted:
            sample.serve(asked[project, flag])
            news = sample.since(told.get(sample.serial, 0), TELL)
            if (count := sum(map(len, news))) and size < TELL_BYTES:
                told[sample.serial] = told.get(sample.serial, 0) + count
                found.append(to_message(project, flag, sample, news))
                size += found[-1].ByteSize()
        for gone in told.keys() - {sample.serial for _, sample in known}:
            del told[gone]
        return found

    def _sample(self, key: Key) -> Sample | None:
        """Return the sample of a split; None where there is no room for one."""
        sample = self._known.get(key)
        if sample is None and len(self._known) < MOST_SAMPLES and len(key[2].parts) <= MOST_PARTS:
            sample = self._known[key] = Sample(key[2])
        return sample

    def _splits_of(self, at: At, source: EvaluationFlag) -> frozenset[Split]:
        known = self._splits.get(at)
        if known is None or known[0] is not source:
            known = self._splits[at] = source, frozenset(splits_of(source))
        return known[1]
