"""Background: long work in a thread that lets the event loop through."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from flagd.turns import short_turns

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def in_turns(work: Callable[..., T], *arguments: object) -> T:
    """Return what `work` returns, run in a thread; raises what it raises."""
    with short_turns:
        return await asyncio.to_thread(work, *arguments)
