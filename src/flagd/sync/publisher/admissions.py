"""Admissions: how many answers of all replicas let somebody in by what rises, asked with heartbeats.

Every replica counts from its start. The first count of a stream is where it begins: what it says later adds
what it has grown by. So a replica that restarts, or comes late, adds nothing that was not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.limits import check_count, check_text
from flagd.sync.publisher.seen_users import Sampling, SeenUsers
from flagd.v1.ruleset_pb2 import AdmissionQuery, Heartbeat, SubscribeResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flagd.v1.ruleset_pb2 import AdmissionCount

PAGE = 500
"""Most queries in one heartbeat; with more, heartbeats take turns."""
PAGE_BYTES = 256 * 1024
"""Size at which a heartbeat is full, whatever else is asked."""
NAME_BYTES = 1024
NOBODY = Sampling()

Counts = dict[tuple[str, str, str], int]
"""What one stream said last, by project, flag and token."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted of one flag.

    Attributes:
        token: of the step for which it is counted; another one begins at 0.
        segments: those that rise, if answers are to be counted.
        sampling: which users are to be seen.
    """

    token: str = ""
    segments: tuple[str, ...] = ()
    sampling: Sampling = NOBODY


class Admissions:
    """One per publisher, in the event loop of its service."""

    def __init__(self) -> None:
        self.seen = SeenUsers()
        """The users who were seen, as far as they are asked for."""
        self._asked: Mapping[tuple[str, str], Counting] = {}
        self._pages: tuple[bytes, ...] = (_encoded(()),)
        self._totals: dict[tuple[str, str, str], int] = {}

    def ask(self, asked: Mapping[tuple[str, str], Counting]) -> None:
        """Have counted what is `asked`, by project and key of a flag, and forget all else."""
        if asked == self._asked:
            return
        self._asked = dict(asked)
        self.seen.ask({at: each.sampling for at, each in asked.items() if each.sampling.splits})
        keys = {(project, flag, each.token) for (project, flag), each in asked.items()}
        self._totals = {key: total for key, total in self._totals.items() if key in keys}
        queries = [
            AdmissionQuery(project=project, flag=flag, token=each.token, segments=each.segments, run=each.sampling.run)
            for (project, flag), each in sorted(asked.items(), key=lambda item: item[0])
        ]
        self._pages = tuple(map(_encoded, _pages(queries))) or (_encoded(()),)

    def heartbeat(self, turn: int) -> bytes:
        """Return the heartbeat number `turn` of a stream, encoded as the rest of a SubscribeResponse."""
        return self._pages[turn % len(self._pages)]

    def take(self, told: Iterable[AdmissionCount], before: Counts) -> None:
        """Take in what a stream says; `before` is what it said until now, and is brought up to date."""
        counts = list(told)
        check_count(len(counts), PAGE, "counts")
        for gone in before.keys() - {(*at, each.token) for at, each in self._asked.items()}:
            del before[gone]
        for each in counts:
            for text in (each.project, each.flag, each.token):
                check_text(text, "counts", NAME_BYTES)
            self._add((each.project, each.flag, each.token), each.count, before)

    def total(self, project: str, flag: str, token: str) -> int:
        """Return how many answers were counted for `token`."""
        return self._totals.get((project, flag, token), 0)

    def _add(self, key: tuple[str, str, str], count: int, before: Counts) -> None:
        asked = self._asked.get(key[:2])
        if asked is None or asked.token != key[2]:
            return
        grown = max(0, count - before.get(key, count))
        before[key] = count
        self._totals[key] = self._totals.get(key, 0) + grown


def _pages(queries: Iterable[AdmissionQuery]) -> Iterator[list[AdmissionQuery]]:
    page: list[AdmissionQuery] = []
    size = 0
    for each in queries:
        if len(page) == PAGE or size >= PAGE_BYTES:
            yield page
            page, size = [], 0
        page.append(each)
        size += each.ByteSize()
    if page:
        yield page


def _encoded(queries: Iterable[AdmissionQuery]) -> bytes:
    return SubscribeResponse(heartbeat=Heartbeat(queries=queries)).SerializeToString()
