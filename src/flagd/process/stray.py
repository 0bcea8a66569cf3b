"""Stray: what libraries print to standard error, past the log. It is read by a thread and logged as text.

Nothing that prints is ever held up by a log that nobody reads, and none of it can be taken for a line of ours.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import os
import threading

from flagd.process.foreign import Foreign, Lines

END_SECONDS = 1.0
_READ_SIZE = 64 * 1024
LOGGER = "stderr"


def capture(descriptor: int) -> None:
    """Have standard error read and logged from now on; crashes are still written to `descriptor`, where it went."""
    reading, writing = os.pipe()
    os.dup2(writing, 2)
    os.close(writing)
    # A process that crashes has no time to pass anything on.
    faulthandler.enable(descriptor)
    thread = threading.Thread(target=_pass_on, args=(reading,), name=LOGGER, daemon=True)
    thread.start()
    atexit.register(_release, descriptor, thread)


def _release(descriptor: int, thread: threading.Thread) -> None:
    """Give standard error back, and log what was printed last."""
    os.dup2(descriptor, 2)
    thread.join(END_SECONDS)


def _pass_on(reading: int) -> None:
    lines, foreign = Lines(), Foreign(LOGGER)
    with contextlib.closing(os.fdopen(reading, "rb", buffering=0)) as pipe:
        while part := pipe.read(_READ_SIZE):
            for line in lines.feed(part):
                foreign.say(line)
    for line in lines.end():
        foreign.say(line)
    foreign.end()
