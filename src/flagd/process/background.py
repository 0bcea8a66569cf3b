"""Turn: long work in a thread that lets the event loop through.

CPython takes the interpreter from a busy thread only every 5 ms, and each turn of the event loop would wait
that long. While such work runs the turns are short; at other times they are not, since under Envoy its threads
and the event loop would take the interpreter from each other all the time, at a quarter more processor time.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

SHORT_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits for it, as long as such work runs."""


class _Turns:
    """Counts what runs, so that the last one to end restores what held before the first."""

    __slots__ = ("_running", "_usual")

    def __init__(self) -> None:
        self._running = 0
        self._usual = sys.getswitchinterval()

    def __enter__(self) -> None:
        if not self._running:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(SHORT_SECONDS)
        self._running += 1

    def __exit__(self, *_: object) -> None:
        self._running -= 1
        if not self._running:
            sys.setswitchinterval(self._usual)


_turns = _Turns()


async def in_turns(work: Callable[..., T], *arguments: object) -> T:
    """Return what `work` returns, run in a thread; raises what it raises."""
    with _turns:
        return await asyncio.to_thread(work, *arguments)
