"""Folder: an inventory that follows files."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.declarations import Declarations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.dashboard.inventory.inventory import Inventory

LOOK_SECONDS = 0.5
"""How long files are left, at least, before they are looked at again."""
REST = 10
"""They are left this many times longer than a look takes, so that many files do not keep a core busy."""


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
        spent = 0.0
        while True:
            await asyncio.sleep(max(LOOK_SECONDS, REST * spent))
            before = time.monotonic()
            await self.read()
            spent = time.monotonic() - before
