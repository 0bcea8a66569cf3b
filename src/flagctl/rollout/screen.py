"""Screen: a rollout drawn at a terminal, which is left as it was found however the program ends."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from flagctl.rollout.lines import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from flagctl.rollout.view import View

ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def drawing() -> Iterator[Callable[[View], None]]:
    """Give what draws a view over the one before; at the end the last one stays on the terminal's own screen."""
    # Imported when needed: it takes as long as everything else together.
    from rich.live import Live
    from rich.text import Text

    shown: list[str] = []
    # On a screen of its own: what was drawn for another width cannot be taken back line by line.
    live = Live(auto_refresh=False, screen=True)

    def draw(view: View) -> None:
        shown[:] = tree(view)
        live.update(Text("\n".join(shown), no_wrap=True, overflow="ellipsis"), refresh=True)

    def leave() -> None:
        live.stop()
        for line in shown:
            click.echo(line)
        shown.clear()

    with _before_the_end(leave):
        live.start()
        try:
            yield draw
        finally:
            leave()


@contextmanager
def _before_the_end(act: Callable[[], None]) -> Iterator[None]:
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
