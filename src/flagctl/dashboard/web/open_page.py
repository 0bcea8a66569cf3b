"""Open page: one page in somebody's browser, and which edition of it there is now."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flagctl.dashboard.web.visitor import Edition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from flagctl.dashboard.inventory.topic import Topic
    from flagctl.dashboard.web.visitor import Visitor

LOOK_SECONDS = 5.0
"""How often the operator is asked what it tells of a page: it sends no news by itself."""


class OpenPage:
    """A page about `topic` that `visitor` has open."""

    def __init__(self, visitor: Visitor, topic: Topic, clock: Callable[[], float]) -> None:
        self._visitor = visitor
        self._topic = topic
        self._clock = clock
        self._told: Mapping[str, Any] = {}
        self.due = -math.inf
        """When the operator is to be asked again, by the clock."""

    async def edition(self) -> Edition:
        """Return what it would be if it were made now."""
        now = self._clock()
        if now < self.due:
            return Edition(self._topic, self._visitor.view.version(self._topic), self._told)
        edition = await self._visitor.edition(self._topic)
        self._told = edition.told
        self.due = now + LOOK_SECONDS if self._visitor.is_told(self._topic) else math.inf
        return edition
