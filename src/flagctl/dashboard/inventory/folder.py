"""Folder: an inventory that follows files."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.declarations import Declarations
from flagd.manifest.reading.files import STDIN
from flagd.sources.changes import changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.dashboard.inventory.inventory import Inventory

RETRY_SECONDS = 0.5
"""How long paths that are not there, or cannot be watched, are left before they are looked at again."""


class Folder:
    """Manifests in files. Read once by `read`, then whenever they change by `follow`."""

    def __init__(self, paths: Sequence[str], inventory: Inventory) -> None:
        self._paths = paths
        self._inventory = inventory
        self._declarations = Declarations()
        self.faults: tuple[str, ...] = ()
        """What is wrong with files from which no resource could be read."""

    async def read(self) -> None:
        """Read what has changed since the last time."""
        change = await asyncio.to_thread(self._declarations.take, self._paths)
        if change is not None:
            self.faults = change.faults
            self._inventory.replace(change.items, change.gone.__contains__)

    async def follow(self) -> None:
        """Read again whenever the files change, for ever."""
        paths = [Path(path) for path in self._paths if path != STDIN]
        while paths:
            # What is not there, or cannot be watched, is looked at now and then.
            with contextlib.suppress(OSError):
                async for _ in changes(*paths):
                    await self.read()
            await self.read()
            await asyncio.sleep(RETRY_SECONDS)
        await asyncio.Event().wait()  # standard input is read once
