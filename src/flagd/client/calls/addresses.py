"""Addresses: what a name stands for, found out in a thread, since the system's resolver knows no deadline."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

FRESH_SECONDS = 10.0
"""How long a name is believed to stand for the same addresses."""

Address = tuple[int, int, int, Any]
"""Family, kind and protocol of a socket, and where to connect it."""


class Addresses:
    """Those of one host and port, for many threads."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._found: tuple[Address, ...] = ()
        self._failed: OSError | None = None
        self._at = float("-inf")
        self._looking: threading.Event | None = None
        self._lock = threading.Lock()

    def get(self, deadline: float) -> tuple[Address, ...]:
        """Return the addresses, at least one, by `deadline` in seconds of `time.monotonic`; known ones at once.

        Raises:
            OSError: there are none, or they are not found in time.
        """
        if time.monotonic() - self._at > FRESH_SECONDS:
            looking = self._look()
            if not self._found:
                looking.wait(max(0.0, deadline - time.monotonic()))
        if self._found:
            return self._found
        raise self._failed or TimeoutError(f"the name {self._host} is not resolved in time")

    def heal(self) -> None:
        """Take in a fork: nobody looks any more."""
        self._lock = threading.Lock()
        self._looking = None

    def _look(self) -> threading.Event:
        with self._lock:
            if self._looking is None:
                self._looking = threading.Event()
                try:
                    threading.Thread(
                        target=self._resolve, args=(self._looking,), name="flagd-name", daemon=True
                    ).start()
                except RuntimeError as error:  # nobody looks, so nobody may wait for it
                    self._looking = None
                    raise OSError(f"the name {self._host} cannot be resolved: {error}") from None
            return self._looking

    def _resolve(self, looking: threading.Event) -> None:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._found = tuple((family, kind, protocol, place) for family, kind, protocol, _, place in found)
            self._failed, self._at = None, time.monotonic()
        except (OSError, UnicodeError) as error:
            self._failed = OSError(f"the name {self._host} cannot be resolved: {error}")
        finally:
            self._looking = None
            looking.set()
