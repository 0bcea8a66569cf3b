"""Touched: resources of which something may be new to say, from who compiles them to who reports on them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.manifest import ResourceRef


class Touched:
    """A set that one task fills and another empties."""

    def __init__(self) -> None:
        self._refs: set[ResourceRef] = set()
        self._filled = asyncio.Event()

    def put(self, refs: Iterable[ResourceRef]) -> None:
        """Add `refs`."""
        self._refs.update(refs)
        if self._refs:
            self._filled.set()

    async def take(self) -> set[ResourceRef]:
        """Wait until there is something, and take it out."""
        await self._filled.wait()
        self._filled.clear()
        refs, self._refs = self._refs, set()
        return refs
