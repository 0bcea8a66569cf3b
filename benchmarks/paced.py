"""Paced: calls at random moments at a given rate, whatever the server does (an open loop).

Waiting is counted from the moment when a call was due, not from when it was sent: a server that
stalls is charged for every call that had to wait. `python -m benchmarks.paced PORT PATH RATE SECONDS`
reads the message from standard input and writes one JSON array per call: [due, milliseconds].
"""

from __future__ import annotations

import gc
import json
import random
import selectors
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.http2 import DATA, Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 8
SEED = 1
GRACE_SECONDS = 10
MOST_CALLS = 200
"""On one connection; flagd allows 256. Calls beyond wait here, which is charged like any other waiting."""
MOST_REFUSED = 0.2


class Paced:
    """One run."""

    def __init__(self, port: int, path: str, message: bytes) -> None:
        self._message = message
        self._connections = [Connection(port, path) for _ in range(CONNECTIONS)]
        self._calls = dict.fromkeys(map(id, self._connections), 0)
        self._selector = selectors.DefaultSelector()
        for connection in self._connections:
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._open: dict[tuple[int, int], float] = {}
        self._answered: set[tuple[int, int]] = set()
        self.refused = 0
        self.samples: list[tuple[float, float]] = []

    def run(self, rate: float, seconds: float) -> None:
        """Make the calls and wait for the answers.

        Raises:
            TimeoutError: answers did not come.
            ConnectionError: the server refused too many calls, as gRPC does when a thousand wait.
        """
        for due in _moments(rate, seconds):
            while (wait := due - time.time()) > 0:
                self._receive(wait)
            connection = self._freest()
            self._calls[id(connection)] += 1
            self._open[id(connection), connection.call(self._message)] = due
            self._receive(0)
        deadline = time.time() + GRACE_SECONDS
        while self._open:
            if time.time() > deadline:
                raise TimeoutError(f"{len(self._open)} calls were not answered")
            self._receive(GRACE_SECONDS)
        if self.refused > len(self.samples) * MOST_REFUSED:
            raise ConnectionError(f"{self.refused} of {len(self.samples)} calls were refused")

    def _freest(self) -> Connection:
        """The connection with the fewest calls, once it may have one more."""
        while True:
            connection = min(self._connections, key=lambda one: self._calls[id(one)])
            if self._calls[id(connection)] < MOST_CALLS:
                return connection
            self._receive(GRACE_SECONDS)

    def _receive(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            for frame in key.data.receive():
                call = id(key.data), frame.stream
                if frame.kind == DATA:
                    self._answered.add(call)
                if frame.ended:
                    self._end(call)

    def _end(self, call: tuple[int, int]) -> None:
        if call not in self._answered:
            self.refused += 1
        self._answered.discard(call)
        self._calls[call[0]] -= 1
        due = self._open.pop(call)
        self.samples.append((due, (time.time() - due) * 1e3))


def _moments(rate: float, seconds: float) -> Iterator[float]:
    # The same moments in every run.
    chance = random.Random(SEED)  # noqa: S311
    end = (due := time.time()) + seconds
    while due < end:
        yield due
        due += chance.expovariate(rate)


def main() -> None:
    """Run and print the samples."""
    port, path, rate, seconds = sys.argv[1:]
    paced = Paced(int(port), path, sys.stdin.buffer.read())
    gc.disable()
    paced.run(float(rate), float(seconds))
    json.dump(paced.samples, sys.stdout)


if __name__ == "__main__":
    main()
