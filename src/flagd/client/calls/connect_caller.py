"""ConnectCaller: single calls over Connect and HTTP/1.1, on connections that are kept, in time or not at all."""

from __future__ import annotations

import time
from collections import deque
from http.client import HTTPException
from typing import TYPE_CHECKING

from flagd.client.calls.addresses import Addresses
from flagd.client.calls.connection import Connection
from flagd.client.calls.retries import Retries
from flagd.client.reason import reason
from flagd.rpc.call_failed import CallFailed

if TYPE_CHECKING:
    from flagd.client.calls.endpoint import Endpoint

KEPT = 16
"""Most idle connections; more are closed."""
AGE_SECONDS = 300.0
"""How long a connection is used: servers that are new get their share then."""
ANSWER_BYTES = 4 * 1024 * 1024
"""Largest answer that is read; flagd sends none that is larger."""


class ConnectCaller:
    """Calls one server, or all that are behind one name. For many threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._addresses = Addresses(endpoint.host, endpoint.port)
        self._idle: deque[Connection] = deque()
        self._retries = Retries()

    def call(self, path: str, request: bytes, seconds: float) -> bytes:
        """Return the answer to a call that only reads, within `seconds`. Raises CallFailed."""
        deadline = time.monotonic() + seconds
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._attempt(path, request, deadline)
            except (CallFailed, OSError, HTTPException) as error:
                pause = self._retries.failed(attempt) if _may_pass(error) else None
                if pause is None or time.monotonic() + pause >= deadline:
                    raise CallFailed(_reason(error)) from None
                time.sleep(pause)
            else:
                self._retries.succeeded()
                return answer

    def close(self) -> None:
        """Close the connections that are idle."""
        while self._idle:
            self._idle.pop().close()

    def heal(self) -> None:
        """Take in a fork: the connections are the parent's."""
        idle, self._idle = self._idle, deque()
        for connection in idle:
            connection.abandon()
        self._addresses.heal()

    def _attempt(self, path: str, request: bytes, deadline: float) -> bytes:
        while (connection := self._kept()) is not None:
            try:
                return self._ask(connection, path, request, deadline)
            except (ConnectionError, HTTPException):
                continue  # the server has closed it meanwhile, which says nothing of the next
        return self._ask(Connection(self._endpoint, self._addresses), path, request, deadline)

    def _ask(self, connection: Connection, path: str, request: bytes, deadline: float) -> bytes:
        done = False
        try:
            connection.open(deadline)
            connection.extend(deadline)
            left = max(1, round((deadline - time.monotonic()) * 1000))
            headers = {
                "content-type": "application/proto",
                "connect-protocol-version": "1",
                "connect-timeout-ms": str(left),
            }
            response = connection.post(path, request, headers)
            answer = response.read(ANSWER_BYTES + 1)
            if len(answer) > ANSWER_BYTES:
                raise CallFailed(f"the answer is larger than {ANSWER_BYTES} bytes")
            done = response.isclosed() and not response.will_close
        finally:
            if done and len(self._idle) < KEPT:
                self._idle.append(connection)
            else:
                connection.close()
        return answer

    def _kept(self) -> Connection | None:
        """Return a connection that is open and not too old, if there is one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if time.monotonic() - connection.born < AGE_SECONDS:
                return connection
            connection.close()


def _may_pass(error: Exception) -> bool:
    """Return whether another attempt may succeed: nobody there, or nobody who is ready."""
    if isinstance(error, CallFailed):
        return str(error).startswith("UNAVAILABLE")
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPException) and not isinstance(error, ConnectionError):
        return f"what it says is not HTTP/1.1 ({type(error).__name__})"
    return reason(error)
