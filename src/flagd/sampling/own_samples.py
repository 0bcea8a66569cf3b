"""OwnSamples: users whom a process saw that evaluates for itself, and what of them its server was not told yet."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from flagd.sampling.sample import Place, Sample
from flagd.sampling.slots import MOST_PARTS
from flagd.sampling.user_sample import to_message
from flagd.v1.ruleset_pb2 import ReportSamplesRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.engine.split import Split
    from flagd.engine.variant import Variant
    from flagd.ruleset import EvaluationFlag

MOST_SAMPLES = 50
"""Of 110 kB each at most; segments beyond that are not sampled."""
MOST_TOLD = 8_000
"""Users that are told at a time."""


class OwnSamples:
    """Written by any thread that asks flags; one thread tells."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: dict[tuple[str, Split], tuple[EvaluationFlag, Sample]] = {}
        self._places: dict[Variant, Place | None] = {}
        self._told: dict[int, int] = {}
        self._pending: list[tuple[Sample, int, int]] = []

    def take(self, source: EvaluationFlag, variant: Variant, context: object) -> bool:
        """Take in that the user of `context` got `variant` of the flag `source`; return whether others are counted."""
        place = self._places.get(variant)
        if place is None and variant not in self._places:
            place = self._place(source, variant)
        if place is None:
            return False
        place.take(context)
        return not place.is_closed

    def keep(self, flags: Mapping[str, EvaluationFlag]) -> None:
        """Forget what was seen of flags that are not those of `flags`: users are divided otherwise."""
        if not (self._samples or self._places):
            return
        with self._lock:
            self._samples = {key: kept for key, kept in self._samples.items() if flags.get(key[0]) is kept[0]}
            self._places = {}
            serials = {sample.serial for _, sample in self._samples.values()}
            self._told = {serial: count for serial, count in self._told.items() if serial in serials}

    def news(self, project: str) -> ReportSamplesRequest | None:
        """Return what the server was not told yet, or not all of it where that is much; None = nothing."""
        request, self._pending, left = ReportSamplesRequest(project=project), [], MOST_TOLD
        for (flag, _), (_, sample) in list(self._samples.items()):
            news = sample.since(self._told.get(sample.serial, 0), left)
            if count := sum(map(len, news)):
                request.samples.append(to_message("", flag, sample, news))
                self._pending.append((sample, sample.serial, count))
                left -= count
        return request if self._pending else None

    def confirm(self, runs: Iterable[str]) -> None:
        """Take in which run counts each of the news; none = they are to be told again."""
        for (sample, serial, count), run in zip(self._pending, runs, strict=False):
            if run:
                self._told[serial] = self._told.get(serial, 0) + count
                sample.serve(run)
        self._pending = []

    def forget_told(self) -> None:
        """Tell everything again: the server may be another one, or have forgotten it."""
        self._told = {}

    def heal(self) -> None:
        """Take in a fork: the lock may be held by a thread that is gone."""
        self._lock = threading.Lock()

    def _place(self, source: EvaluationFlag, variant: Variant) -> Place | None:
        """Return where the users who get `variant` are counted; None where they are not."""
        with self._lock:
            if variant not in self._places:
                self._places[variant] = self._made(source, variant)
            return self._places[variant]

    def _made(self, source: EvaluationFlag, variant: Variant) -> Place | None:
        split = variant.split
        number = None if split is None or variant.arm is None else split.number(variant.arm, variant.key)
        if split is None or number is None or len(split.parts) > MOST_PARTS:
            return None
        key = source["key"], split
        if key not in self._samples and len(self._samples) < MOST_SAMPLES:
            self._samples[key] = source, Sample(split)
        return Place(self._samples[key][1], number) if key in self._samples else None
