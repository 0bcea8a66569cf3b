"""Turns: while long work runs in a thread, other threads get the interpreter sooner.

CPython takes the interpreter from a busy thread only every 5 ms, and any other thread waits that long, each
time. While such work runs the turns are short; at other times they are not, since under Envoy its threads and the event
loop would take the interpreter from each other all the time, at a quarter more processor time.
"""

from __future__ import annotations

import sys
import threading

SHORT_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits for it, as long as such work runs."""


class Turns:
    """Counts what runs, so that the last one to end restores what held before the first."""

    __slots__ = ("_lock", "_running", "_usual")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._usual = sys.getswitchinterval()

    def __enter__(self) -> None:
        with self._lock:
            if not self._running:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(SHORT_SECONDS)
            self._running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                sys.setswitchinterval(self._usual)


short_turns = Turns()
"""Those of this process: ``with short_turns: …``."""
