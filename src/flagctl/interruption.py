"""Interruption: what is put right before a signal ends the program."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def before_the_end(act: Callable[[], None]) -> Iterator[None]:
    """Have signals that end the program `act` first: it may leave at once, without an exception."""
    kept = {each: found for each in ENDS if (found := signal.getsignal(each)) is not signal.SIG_IGN}

    def ended(number: int, frame: FrameType | None) -> None:
        act()
        before = kept[signal.Signals(number)]
        if callable(before):
            before(number, frame)
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for each in kept:
        signal.signal(each, ended)
    try:
        yield
    finally:
        for each, found in kept.items():
            signal.signal(each, found)
