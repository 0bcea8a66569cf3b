"""Visitor: who asks, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from starlette.requests import Request
    from starlette.responses import Response

    from flagctl.dashboard.inventory.inventory import Inventory, View
    from flagctl.dashboard.live.person import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person, for one request.

    Attributes:
        view: what they may see.
        csrf: what their forms must hold.
        version: of what is known, when they asked: what changed since is told to their page.
        name: who they are to the API server; empty without a cluster.
        person: acts for them in the cluster; None without one.
    """

    view: View
    csrf: str
    version: int
    name: str = ""
    person: Person | None = None


class Site(Protocol):
    """What the pages are about: files, or a cluster."""

    title: str
    inventory: Inventory

    def started(self) -> AbstractAsyncContextManager[None]:
        """Get ready to answer, and give back what that takes at the end."""

    async def visitor(self, request: Request) -> Visitor | Response:
        """Return who asks, or what they are answered with where they have to sign in first."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with all of it, a sentence each."""

    @property
    def has_cluster(self) -> bool:
        """Whether there is an API server behind it."""
