"""Progress: a word to anyone who waits at a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 2.0  # seconds
_ERASE = "\r\x1b[K"


@contextmanager
def progress(doing: str, patience: float = _PATIENCE) -> Iterator[None]:
    """Say on standard error what is being done once it takes longer than `patience` seconds; take it back at the end.

    Says nothing where standard error is not a terminal.
    """
    if not sys.stderr.isatty():
        yield
        return
    done = Event()
    thread = Thread(target=_say_later, args=(doing, done, patience), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _say_later(doing: str, done: Event, patience: float) -> None:
    if done.wait(patience):
        return
    sys.stderr.write(f"{doing} …")
    sys.stderr.flush()
    done.wait()
    sys.stderr.write(_ERASE)
    sys.stderr.flush()
