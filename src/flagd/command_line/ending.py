"""Ending: how a run of a program that serves ends, as an exit code and a line of the log."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flagd.process.deadline import Deadline
from flagd.process.tasks import TaskEndedError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_ENDED = 1
EXIT_UNREACHABLE = 3


@contextmanager
def ending(program: str, unreachable: tuple[type[Exception], ...] = (OSError,)) -> Iterator[Deadline]:
    """Exit with 3 for what is `unreachable`, to listen on or to ask, and with 1 when a part of `program` has ended.

    Yields the clock that bounds how long stopping takes.
    """
    try:
        with Deadline() as deadline:
            yield deadline
    except unreachable as error:
        logging.getLogger(program).critical("%s", error)
        sys.exit(EXIT_UNREACHABLE)
    except TaskEndedError as error:
        logging.getLogger(program).critical("%s: stopping, to be restarted", error)
        sys.exit(EXIT_ENDED)
