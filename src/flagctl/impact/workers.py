"""Workers: a population counted on every core, with a bounded number of pieces in memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from flagctl.impact.counting import Counting
from flagctl.impact.impact import added
from flagctl.impact.users.csv_user import csv_contexts
from flagctl.impact.users.json_user import json_contexts
from flagctl.impact.users.population import CsvPiece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flagctl.impact.counting import Counts
    from flagctl.impact.question import Question
    from flagctl.impact.users.population import Piece

    Counted = tuple[Counts, int]

_FEW = 4
"""So many pieces are counted in this process: others would take longer to start."""
_WAITING = 3
"""Pieces for each worker that are read ahead."""


def count(
    questions: Sequence[Question], pieces: Iterable[tuple[Piece, int]], jobs: int, tell: Callable[[int], None]
) -> Counted:
    """Return what becomes of the users in `pieces`, and how many there are.

    Args:
        questions: what they are asked.
        pieces: each with the number of bytes read so far.
        jobs: how many processes to use; 0 = one for each core.
        tell: is called with the number of bytes of which the users are counted.

    Raises:
        PopulationError: a line describes no user.
    """
    rest = iter(pieces)
    few = list(islice(rest, _FEW + 1))
    jobs = jobs or len(os.sched_getaffinity(0))
    together: Counts = {}
    users = 0
    here = len(few) <= _FEW or jobs == 1
    results = _alone if here else _shared
    for (counts, size), read in results(questions, chain(few, rest), jobs):
        users += size
        together = {key: added(together.get(key, {}), moves) for key, moves in counts.items()}
        tell(read)
    return together, users


def _alone(
    questions: Sequence[Question], pieces: Iterable[tuple[Piece, int]], _jobs: int
) -> Iterator[tuple[Counted, int]]:
    counting = Counting(questions)
    for piece, read in pieces:
        with _without_collection():
            counted = _count(counting, piece)
        yield counted, read


def _shared(
    questions: Sequence[Question], pieces: Iterable[tuple[Piece, int]], jobs: int
) -> Iterator[tuple[Counted, int]]:
    # Started afresh, not forked: a thread may be running that shows progress.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start, (questions,)) as pool:
        waiting: deque[tuple[Any, int]] = deque()
        try:
            for piece, read in pieces:
                waiting.append((pool.submit(_work, piece), read))
                if len(waiting) > jobs * _WAITING:
                    future, done = waiting.popleft()
                    yield future.result(), done
            for future, done in waiting:
                yield future.result(), done
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _without_collection() -> Iterator[None]:
    # Users and counts hold no cycles, and to look for some would cost as much as to parse them.
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _count(counting: Counting, piece: Piece) -> Counted:
    if isinstance(piece, CsvPiece):
        return counting.count(csv_contexts(piece.columns, piece.rows, piece.line))
    return counting.count(json_contexts(piece.data, piece.line))


_counting: Counting
"""Of a worker: set once when its process starts."""


def _start(questions: Sequence[Question]) -> None:
    global _counting
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that reads
    _counting = Counting(questions)


def _work(piece: Piece) -> Counted:
    with _without_collection():
        return _count(_counting, piece)
