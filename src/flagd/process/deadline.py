"""Deadline: a process that was asked to end does so, whatever hangs: a task, a thread, the event loop itself."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
EXIT_LATE = 1


class Deadline:
    """A clock that, once started, ends the process. A context manager: who leaves it has ended in time."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def start(self, seconds: float, last: Callable[[], None]) -> None:
        """End the process after `seconds`, and call `last` just before; nothing if it was started already."""
        if self._timer is None:
            self._timer = threading.Timer(seconds, _end, (seconds, last))
            self._timer.daemon = True
            self._timer.start()


def _end(seconds: float, last: Callable[[], None]) -> None:
    log.critical("not everything ended within %g s: exiting anyway", seconds)
    try:
        last()
    finally:
        for handler in logging.getLogger().handlers:
            handler.flush()
        os._exit(EXIT_LATE)
