"""Changes: when to look at files and folders again, as the file system says, and every few seconds all the same."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from watchfiles import awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

QUIET_MS = 50
GROUP_MS = 400
POLL_SECONDS = 10.0
"""How often one is to look without a notification: network file systems send none."""
IDENTITY_MS = 500
"""How often it is checked that the paths still lead to the same: a link may have been turned elsewhere."""


async def changes(*paths: Path) -> AsyncIterator[None]:
    """Yield at once, then whenever something at or below `paths` changes, and every few seconds all the same.

    Ends when something else has taken the place of one. Raises OSError when one is not there, or cannot be watched.
    """
    identity = _identity(paths)
    watcher = awatch(
        *paths,
        watch_filter=None,
        debounce=GROUP_MS,
        step=QUIET_MS,
        rust_timeout=IDENTITY_MS,
        yield_on_timeout=True,
    )
    # The watch begins with the first step; what changes during the first reading must not be missed.
    step = asyncio.ensure_future(anext(watcher))
    try:
        await asyncio.sleep(0)
        yield
        looked = time.monotonic()
        while _identity(paths) == identity:
            changed = await step
            step = asyncio.ensure_future(anext(watcher))
            if changed or time.monotonic() - looked > POLL_SECONDS:
                yield
                looked = time.monotonic()
    finally:
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
        await watcher.aclose()


def _identity(paths: Sequence[Path]) -> list[tuple[int, int]]:
    return [(found.st_dev, found.st_ino) for found in (path.stat() for path in paths)]
