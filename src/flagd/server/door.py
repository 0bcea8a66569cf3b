"""Door: whether the public port lets anybody in, which the server that owns it is asked every few seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flagd.metrics import Metrics

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 20.0
"""How long nobody may be let in before only a restart can help."""


class Door:
    """Asks `accepting`, which raises OSError where nobody answers."""

    def __init__(self, accepting: Callable[[], Awaitable[bool]], metrics: Metrics) -> None:
        self._metrics = metrics
        self._accepting = accepting
        self._shut_since: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether callers are let in, as far as is known."""
        return self._shut_since is None

    @property
    def is_stuck(self) -> bool:
        """Whether nobody has been let in for so long that it will not change."""
        return self._shut_since is not None and time.monotonic() - self._shut_since > PATIENCE_SECONDS

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once, and log what changed."""
        try:
            accepting = await self._accepting()
        except OSError:
            accepting = False
        self._metrics.accepting = accepting
        if accepting and not self.is_open:
            log.warning("the evaluation port accepts connections again")
            self._shut_since = None
        elif not accepting and self.is_open:
            log.error(
                "the evaluation port accepts no connections: /readyz fails, after %g s /healthz too", PATIENCE_SECONDS
            )
            self._shut_since = time.monotonic()
