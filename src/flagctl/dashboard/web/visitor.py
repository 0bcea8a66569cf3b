"""Visitor: who asks, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from starlette.requests import Request
    from starlette.responses import Response

    from flagctl.dashboard.inventory.inventory import Inventory, View
    from flagctl.dashboard.inventory.topic import Topic
    from flagctl.dashboard.live.person import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person, for one request.

    Attributes:
        view: what they may see.
        csrf: what their forms must hold.
        name: who they are to the API server; empty without a cluster.
        person: acts for them in the cluster; None without one.
    """

    view: View
    csrf: str
    name: str = ""
    person: Person | None = None

    async def edition(self, topic: Topic) -> Edition:
        """Return the edition of a page about `topic` that is started now."""
        version = self.view.version(topic)
        return Edition(topic, version, {} if self.person is None else await self.person.told(topic))

    def is_told(self, topic: Topic) -> bool:
        """Return whether a page about `topic` shows what is known only by asking, again and again."""
        return self.person is not None and self.person.is_told(topic)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a page is about, as it was when the page was started: what changed since is told to it.

    Attributes:
        topic: what it is about.
        number: version of what is in the inventory of it.
        told: what the operator told of it.
    """

    topic: Topic
    number: int
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """What tells this edition from others."""
        if not self.told:
            return str(self.number)
        return f"{self.number}.{blake2b(orjson.dumps(self.told), digest_size=8).hexdigest()}"


class Site(Protocol):
    """What the pages are about: files, or a cluster."""

    title: str
    inventory: Inventory
    paths: Sequence[str]

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
