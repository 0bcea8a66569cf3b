"""Mounted: looks at lists in a folder."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagd.id_list.folder import ListFile
from flagd.process.background import in_turns
from flagoperator.lists.fetched import Fetched

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.manifest.parts.list_origin import ListOrigin
    from flagoperator.lists.fetched import Mark

SETTLE_SECONDS = 0.1
"""How long a file that replaces another must stay as it is before it is read."""
SETTLE_LOOKS = 20


async def look(folder: Path, origin: ListOrigin, mark: Mark) -> Fetched:
    """Return the list, unless it is as it was at `mark`. Raises ListError."""
    file = ListFile(folder, origin)
    stamp = await asyncio.to_thread(file.stamp)
    if stamp is not None and stamp == mark:
        return Fetched(None, mark)
    for _ in range(SETTLE_LOOKS if mark else 0):
        before = stamp
        await asyncio.sleep(SETTLE_SECONDS)
        stamp = await asyncio.to_thread(file.stamp)
        if stamp == before:
            break
    return Fetched(await in_turns(file.read), stamp or ())
