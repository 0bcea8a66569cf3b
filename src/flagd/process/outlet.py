"""Outlet: where lines of log leave the process. Anyone who logs never waits, even if nobody reads the log.

Lines wait for a thread that writes them. What finds no room is dropped and counted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
from collections import deque

WAITING_BYTES = 1024 * 1024
"""Most that waits to be written."""
ATOMIC_BYTES = 4096
"""What a pipe takes as a whole (PIPE_BUF), so that lines of two processes do not mix."""
FLUSH_SECONDS = 1.0
"""How long the end of a process waits for what is not yet written."""


class Outlet(logging.Handler):
    """Writes lines to a file descriptor of its own."""

    def __init__(self, descriptor: int) -> None:
        """Write to `descriptor`, which stays open."""
        super().__init__()
        self.descriptor = descriptor
        self.dropped = 0
        """Lines that were not written."""
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._untold = 0
        self._writing = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record (logging.Handler)."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - logging's own way to report a record that is wrong
            self.handleError(record)
            return
        self._put(line.encode(errors="backslashreplace") + b"\n")

    def flush(self) -> None:
        """Wait until everything is written, but not for long."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._lines or self._writing), FLUSH_SECONDS)

    def _put(self, line: bytes) -> None:
        with self._changed:
            if self._bytes + len(line) > WAITING_BYTES:
                self._drop(1)
                return
            if self._untold:
                line = self._confession() + line
            self._lines.append(line)
            self._bytes += len(line)
            self._changed.notify_all()

    def _confession(self) -> bytes:
        told, self._untold = self._untold, 0
        text = f"{told} lines of log were dropped: nothing read them"
        record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, text, (), None)
        return self.format(record).encode() + b"\n"

    def _drop(self, count: int) -> None:
        self.dropped += count
        self._untold += count

    def _run(self) -> None:
        while True:
            with self._changed:
                self._writing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._lines)
                self._writing = True
                chunk, count = self._next()
            try:
                self._write(chunk)
            except OSError:
                with self._changed:
                    self._drop(count)

    def _next(self) -> tuple[bytes, int]:
        """Return lines to be written at once, and how many."""
        chunk, count = self._lines.popleft(), 1
        while self._lines and len(chunk) + len(self._lines[0]) <= ATOMIC_BYTES:
            chunk += self._lines.popleft()
            count += 1
        self._bytes -= len(chunk)
        return chunk, count

    def _write(self, chunk: bytes) -> None:
        while chunk:
            try:
                chunk = chunk[os.write(self.descriptor, chunk) :]
            except BlockingIOError:
                room = select.poll()
                room.register(self.descriptor, select.POLLOUT)
                room.poll()


def standard_error() -> int:
    """Return a descriptor of its own for standard error as it is now; of nothing, where there is none."""
    with contextlib.suppress(OSError):
        return os.dup(2)
    return os.open(os.devnull, os.O_WRONLY)
