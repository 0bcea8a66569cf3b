"""Reminder: says again and again in the log why callers get no answers, for as long as they do not."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
SECONDS = 60.0
"""From one line to the next; also how long a start may take without any."""


async def remind(reason: Callable[[], str], seconds: float = SECONDS) -> None:
    """Log what `reason` returns every `seconds`, unless it is empty; until cancelled."""
    while True:
        await asyncio.sleep(seconds)
        if why := reason():
            log.warning("callers get no answers: %s", why)
