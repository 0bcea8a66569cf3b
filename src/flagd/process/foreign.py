"""Foreign: what other programs and libraries print. It is text, never structure, and never more than a log bears."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING

from flagd.process.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_BYTES = 64 * 1024
"""Longest line that is waited for; what is longer is taken in pieces."""
BURST = 200
"""Lines that are logged in one period, at most."""
PERIOD_SECONDS = 10.0


class Lines:
    """Makes lines of parts, however they are cut. What it holds is bounded."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, part: bytes) -> list[bytes]:
        """Return the lines that `part` completes."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        if len(self._rest) > LINE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return lines

    def end(self) -> list[bytes]:
        """Return what has no end of line."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []


class Foreign:
    """Logs foreign lines as warnings of one logger; how many were left out is said once there is room again."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = logging.getLogger(name)
        self._clock = clock
        self._began = float("-inf")
        self._said = 0
        self._left_out = 0

    def say(self, line: bytes) -> None:
        """Log one line."""
        if self._clock() - self._began > PERIOD_SECONDS:
            self.end()
            self._began, self._said = self._clock(), 0
        if self._said < BURST:
            self._said += 1
            self._log.warning("%s", printable(line.decode(errors="backslashreplace")))
        else:
            self._left_out += 1

    def end(self) -> None:
        """Say how many lines were left out, if any."""
        if self._left_out:
            self._log.warning("%d further lines left out", self._left_out)
            self._left_out = 0


def silence_grpc() -> None:
    """Have gRPC's core print nothing, unless the environment says otherwise; to be called before it is loaded.

    It prints what peers say, word for word. What matters of it comes as the error of a call as well.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
