"""Connection: HTTP/1.1 to one server, from the standard library, with a deadline for every read.

No redirect is followed: the key goes to the server that was named, and nowhere else. Proxies of the environment are not
used.
"""

from __future__ import annotations

import json
import random
import socket
import ssl
import time
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING

from flagd.client.calls.addresses import Addresses
from flagd.client.calls.deadline_socket import DeadlineSocket
from flagd.rpc.call_failed import CallFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.client.calls.endpoint import Endpoint

CONNECT_SECONDS = 5.0
"""How long one address may take to accept a connection and to shake hands."""
SHOWN_BYTES = 4096
"""How much is read of an answer that is not one."""


class Connection:
    """One connection, for one request after another. One thread uses it; any may call `interrupt`."""

    def __init__(self, endpoint: Endpoint, addresses: Addresses | None = None) -> None:
        """Connect to `endpoint`, at one of `addresses` if somebody else has looked them up."""
        self._endpoint = endpoint
        self._http = _Http(endpoint, addresses or Addresses(endpoint.host, endpoint.port))
        self.born = time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether it is connected, as far as is known."""
        return self._http.connected is not None

    def open(self, deadline: float) -> None:
        """Connect, unless it is. Raises OSError."""
        if not self.is_open:
            self._http.deadline = deadline
            self._http.connect()

    def extend(self, deadline: float) -> None:
        """Have reads and writes end by `deadline`, in seconds of `time.monotonic`."""
        if self._http.connected is not None:
            self._http.connected.deadline = deadline

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Return the answer to a request, whose head is read. Raises OSError, HTTPException and CallFailed.

        CallFailed says what is there instead of a server of ours, or what that says itself.
        """
        self._http.request("POST", path, body, {**headers, **self._endpoint.authorization})
        response = self._http.getresponse()
        if response.status != 200 or response.headers.get_content_type() != headers["content-type"]:
            raise _refused(response)
        return response

    def interrupt(self) -> None:
        """End what runs, from another thread: it raises OSError, or finds the end."""
        if (connected := self._http.connected) is not None:
            connected.interrupt()

    def close(self) -> None:
        """Close it. It may be opened again."""
        self._http.close()
        connected, self._http.connected = self._http.connected, None
        if connected is not None:
            connected.hang_up()

    def abandon(self) -> None:
        """Release a connection that belongs to the process that this one is a fork of."""
        if (connected := self._http.connected) is not None:
            connected.abandon()
            self._http.connected = None


class _Http(HTTPConnection):
    sock: DeadlineSocket | None

    def __init__(self, endpoint: Endpoint, addresses: Addresses) -> None:
        super().__init__(endpoint.host, endpoint.port)
        self._endpoint = endpoint
        self._addresses = addresses
        self.deadline = 0.0
        self.connected: DeadlineSocket | None = None

    def connect(self) -> None:
        """Try the addresses of the server in random order: many clients are spread over many servers."""
        found = self._addresses.get(self.deadline)
        failed: OSError = OSError("the name has no address")
        for family, kind, protocol, address in random.sample(found, len(found)):
            connected = socket.socket(family, kind, protocol)
            try:
                self.sock = self.connected = self._shake_hands(connected, address)
            except OSError as error:
                connected.close()
                failed = error
            else:
                return
        raise failed

    def _shake_hands(self, connected: socket.socket, address: object) -> DeadlineSocket:
        connected.settimeout(max(0.001, min(CONNECT_SECONDS, self.deadline - time.monotonic())))
        connected.connect(address)  # type: ignore[arg-type]
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._endpoint.tls:
            context = ssl.create_default_context(cafile=self._endpoint.ca)
            connected = context.wrap_socket(connected, server_hostname=self._endpoint.host)
        return DeadlineSocket(connected, self.deadline)


def _refused(response: HTTPResponse) -> CallFailed:
    """Return what an answer says that is not one. What is quoted of it is short, and printable."""
    if 300 <= response.status < 400:
        return CallFailed(f"HTTP {response.status}: redirects are not followed; name the server itself")
    try:
        error = json.loads(response.read(SHOWN_BYTES))
        return call_failed(error)
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = response.headers.get_content_type()
        return CallFailed(f"HTTP {response.status} with {kind}: this is not flagd; is a proxy in between?")


def call_failed(error: object) -> CallFailed:
    """Return the error that Connect writes as JSON: ``{"code": "not_found", "message": …}``.

    Raises KeyError or TypeError for what is not one.
    """
    code, message = error["code"], error.get("message", "")  # type: ignore[index,attr-defined]
    if not isinstance(code, str) or not isinstance(message, str):
        raise TypeError("not an error of Connect")
    return CallFailed(f"{code[:50].upper()}: {message[:1000]}")
