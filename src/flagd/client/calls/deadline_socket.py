"""DeadlineSocket: a TCP connection whose every read and write ends by one deadline, however slowly bytes come."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


LATE = "no answer in time"


class DeadlineSocket:
    """Looks enough like a socket for `http.client`. One thread reads; any may call `interrupt`."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        """Wrap a connected socket; `deadline` is in seconds of `time.monotonic`."""
        self.deadline = deadline
        self._socket = connected

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """Return a reader of what comes."""
        return io.BufferedReader(_Reader(self))

    def sendall(self, data: bytes) -> None:
        """Send all of `data`. Raises OSError."""
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def recv_into(self, buffer: WriteableBuffer) -> int:
        """Return how many bytes were read into `buffer`; 0 = there are no more. Raises OSError."""
        self._socket.settimeout(self._left())
        try:
            return self._socket.recv_into(buffer)
        except TimeoutError:
            raise TimeoutError(LATE) from None

    def interrupt(self) -> None:
        """End a read that runs in another thread, and all that follow."""
        with contextlib.suppress(OSError, ValueError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Do nothing: `http.client` closes before the answer is read, and `hang_up` is ours to call."""

    def hang_up(self) -> None:
        """Close the connection."""
        self.interrupt()
        with contextlib.suppress(OSError):
            self._socket.close()

    def abandon(self) -> None:
        """Release the descriptor and say nothing to the peer: the connection is another process's."""
        with contextlib.suppress(OSError):
            os.close(self._socket.detach())

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(LATE)
        return left


class _Reader(io.RawIOBase):
    """The same as a raw stream. Closing it leaves the connection open."""

    def __init__(self, connection: DeadlineSocket) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._connection.recv_into(buffer)
