"""Files site: the pages about manifests in files. Nobody signs in: whoever reaches the port may read the files."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.folder import Folder
from flagctl.dashboard.inventory.inventory import Inventory, View
from flagctl.dashboard.web.lists import rows_of
from flagctl.dashboard.web.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request

    from flagd.process.tasks import Work


class FilesSite:
    """The site of some files."""

    has_cluster = False

    def __init__(self, paths: Sequence[str]) -> None:
        self.title = ", ".join(paths)
        self.paths = paths
        self.inventory = Inventory()
        self.folder = Folder(paths, self.inventory)
        self._csrf = secrets.token_urlsafe(24)

    @property
    def works(self) -> dict[str, Work]:
        """What runs beside the pages."""
        return {"files": self.folder.follow}

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with files from which no resource could be read."""
        return self.folder.faults

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Read the files for the first time, and make what the first page would have to wait for."""
        await self.folder.read()
        await asyncio.to_thread(rows_of, View(self.inventory))
        yield

    async def visitor(self, request: Request) -> Visitor:  # noqa: ARG002
        """Return the one visitor there is."""
        return Visitor(View(self.inventory), self._csrf)
