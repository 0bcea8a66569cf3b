"""Seen users: those of all replicas, each once, by what they were told while a run compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.limits import check_count
from flagd.sampling.slots import MOST_USERS, Slots, unpacked
from flagd.sampling.user_sample import split_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flagd.engine.split import Split
    from flagd.v1.ruleset_pb2 import UserSample

MOST_TABLES = 1000
"""Splits that are counted, of 64 KiB each; what comes later waits until a run is over."""
MOST_SAMPLES = 1000
"""Samples in one message."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What is sampled of one flag.

    Attributes:
        run: id of its run; another one begins at nobody.
        splits: those of its published form. What replicas say of others is from before or after it.
    """

    run: str = ""
    splits: tuple[Split, ...] = ()


class SeenUsers:
    """One per publisher, in the event loop of its service."""

    def __init__(self) -> None:
        self._asked: Mapping[tuple[str, str], Sampling] = {}
        self._tables: dict[tuple[str, str, str, Split], Slots] = {}

    def ask(self, asked: Mapping[tuple[str, str], Sampling]) -> None:
        """Count users of what is `asked`, by project and key of a flag, and forget all others."""
        self._asked = asked
        wanted = {(*at, each.run, split) for at, each in asked.items() for split in each.splits}
        self._tables = {key: table for key, table in self._tables.items() if key in wanted}

    def take(self, told: Iterable[UserSample]) -> None:
        """Take in what a replica says. Raises InvalidArgument where it says too much."""
        samples = list(told)
        check_count(len(samples), MOST_SAMPLES, "samples")
        for each in samples:
            sampling = self._asked.get((each.project, each.flag), Sampling())
            if each.run == sampling.run and (split := split_of(each)) in sampling.splits:
                self._add((each.project, each.flag, each.run, split), each)

    def counts(self, project: str, flag: str) -> Iterator[tuple[Split, Sequence[int]]]:
        """Yield every split that is asked for of a flag, with how many users of each part were seen."""
        sampling = self._asked.get((project, flag), Sampling())
        for split in sampling.splits:
            table = self._tables.get((project, flag, sampling.run, split))
            yield split, [0] * len(split.parts) if table is None else table.counts

    def _add(self, key: tuple[str, str, str, Split], told: UserSample) -> None:
        if key not in self._tables and len(self._tables) >= MOST_TABLES:
            return
        table = self._tables.setdefault(key, Slots(len(told.parts)))
        for number, part in enumerate(told.parts):
            for slot in unpacked(part.slots[: 2 * MOST_USERS]):
                table.take(slot, number)
