"""Watching: a rollout as it goes: a tree that changes at a terminal, a line for each change elsewhere."""

from __future__ import annotations

import os
import sys
import time
from asyncio import sleep
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused, TimeIsUp
from flagctl.live.refusal import failure
from flagctl.rollout.flags import find_flags
from flagctl.rollout.screen import drawing
from flagctl.rollout.view import view_of
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flagctl.live.target import Target
    from flagctl.rollout.view import View

LOOK_SECONDS = 1.0
NO_SCREEN = frozenset({"dumb", "unknown"})
"""Terminals on which nothing can be drawn a second time."""
TRANSIENT_SECONDS = 60.0
"""How long the API server may be away before we give up."""


async def watch(target: Target, name: str, *, until: str | None, seconds: float | None) -> None:
    """Show the rollout of the flag `name` until `until` (RolledOut, or None = forever), for `seconds` at most.

    Raises:
        Refused: there is no such flag, or what is waited for will not come by itself.
        TimeIsUp: it has not come in time.
        Unreachable: the API server cannot be asked for a minute.
    """
    ends = float("inf") if seconds is None else time.monotonic() + seconds
    async with Api(target.connection) as api:
        heard = time.monotonic()
        with _drawing() as draw:
            while True:
                try:
                    view = view_of((await find_flags(api, target.namespace, [name]))[0])
                    heard = time.monotonic()
                    draw(view)
                    if until is not None and is_over(view):
                        return
                except ApiError as error:
                    if time.monotonic() - heard > TRANSIENT_SECONDS:
                        raise failure(error) from None
                if time.monotonic() > ends:
                    raise TimeIsUp(f"flag/{name} is not {until or 'at its end'} yet")
                await sleep(LOOK_SECONDS)


def is_over(view: View) -> bool:
    """Return whether `view` is rolled out. Raises Refused where it will not be by itself."""
    if view.rolled_out:
        return True
    if view.seen and view.stalled:
        raise Refused(f"flag/{view.name} is not rolled out and needs somebody: {view.stalled}")
    return False


def _drawing() -> AbstractContextManager[Callable[[View], None]]:
    if sys.stdout.isatty() and os.environ.get("TERM") not in NO_SCREEN:
        return drawing()
    return nullcontext(_Told().tell)


class _Told:
    """Says what is new."""

    def __init__(self) -> None:
        self._last = ""

    def tell(self, view: View) -> None:
        line = view.summary()
        if line != self._last:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            click.echo(f"{stamp} flag/{view.name} {line}")
            sys.stdout.flush()
            self._last = line
