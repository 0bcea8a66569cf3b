"""Screen: a rollout drawn at a terminal, which is left as it was found however the program ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from flagctl.interruption import before_the_end
from flagctl.rollout.lines import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagctl.rollout.view import View


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

    with before_the_end(leave):
        live.start()
        try:
            yield draw
        finally:
            leave()
