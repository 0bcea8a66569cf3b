"""Person: one who is signed in, and what the API server does for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.dashboard.inventory.item import Item


class Person(Protocol):
    """Acts for one person in the cluster."""

    async def events(self) -> Sequence[Mapping[str, str]]:
        """Return the last events of flags that they may see, the newest first."""

    async def about(self, item: Item) -> Mapping[str, Any]:
        """Return what else a page of the flag `item` shows: ``serving`` and ``verbs``."""
