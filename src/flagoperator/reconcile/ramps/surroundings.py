"""Surroundings: what was measured and counted for rollouts, where ticks read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagoperator.rollout.ratio import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.engine.split import Split
    from flagd.manifest import ResourceRef
    from flagoperator.rollout import Guard, Measurement, Run


Seen = Callable[[str, str], "Iterable[tuple[Split, Sequence[int]]]"]
"""The splits of a flag, by its project and key, each with how many users of every part were seen."""


def _none_admitted(_project: str, _flag: str, _token: str) -> int:
    return 0


def _nobody_seen(_project: str, _flag: str) -> Iterable[tuple[Split, Sequence[int]]]:
    return ()


@dataclass(slots=True)
class _Measured:
    """What was measured of one run, as long as the flag is not edited."""

    run: tuple[str, str]
    by_guard: dict[str, Measurement] = field(default_factory=dict)


class Surroundings:
    """One per operator. Read by what ticks, written by what measures."""

    def __init__(self, admitted: Callable[[str, str, str], int] = _none_admitted, seen: Seen = _nobody_seen) -> None:
        """`admitted` counts answers, by project, key of the flag and token; `seen` counts users."""
        self._seen = seen
        self._measured: dict[ResourceRef, _Measured] = {}
        self._admitted = admitted
        self.failures: Counter[tuple[ResourceRef, str]] = Counter()
        """Failed measurements by flag and guard, while the flag has a run."""

    def measurements(self, ref: ResourceRef, run: Run | None) -> Mapping[str, Measurement]:
        """Return the newest measurement of each guard of `run`, by name."""
        found = self._measured.get(ref)
        return {} if run is None or found is None or found.run != (run.id, run.digest) else found.by_guard

    def admitted(self, ref: ResourceRef, key: str, run: Run | None) -> int:
        """Return how many answers were counted at the present step of `run`; 0 where none has to be."""
        step = None if run is None else run.standing
        if run is None or step is None or not step.min_evaluations:
            return 0
        return self._admitted(ref.namespace, key, run.token)

    def tallies(self, ref: ResourceRef, key: str, run: Run | None) -> tuple[Tally, ...]:
        """Return the users who were seen of `run`, by segment; nothing where they are not counted at present."""
        if run is None:
            return ()
        return tuple(Tally(split, tuple(users)) for split, users in self._seen(ref.namespace, key))

    def take(self, ref: ResourceRef, run: Run, guard: Guard, measurement: Measurement) -> None:
        """Take in what was measured of `run`."""
        found = self._measured.get(ref)
        if found is None or found.run != (run.id, run.digest):
            found = self._measured[ref] = _Measured((run.id, run.digest))
        found.by_guard = {**found.by_guard, guard.name: measurement}
        if guard.has_failed(measurement):
            self.failures[ref, guard.name] += 1

    def keep(self, refs: Iterable[ResourceRef]) -> None:
        """Forget all flags but these."""
        kept = frozenset(refs)
        for gone in self._measured.keys() - kept:
            del self._measured[gone]
        for key in [each for each in self.failures if each[0] not in kept]:
            del self.failures[key]
