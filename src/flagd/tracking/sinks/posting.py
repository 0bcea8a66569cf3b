"""Posting: JSON to a server by HTTP, with a deadline, and never to where a redirect points."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flagd.process.address import is_loopback, split_url
from flagd.tracking.outbox import SinkRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPConnection

SECONDS = 10.0
"""How long a server may be silent."""
MOST_SECONDS = 30.0
"""How long a server may take for all, however slowly it speaks."""
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


def checked_url(url: str, *, insecure: bool) -> str:
    """Return `url` if events may be sent there.

    Raises:
        ValueError: it is none of HTTP, or users would be readable on their way and `insecure` does not allow that.
    """
    try:
        parts = split_url(url, ("http", "https"))
    except ValueError:
        raise ValueError("url: not https://HOST[:PORT]/PATH, without user and password") from None
    if parts.scheme == "http" and not insecure and not is_loopback(f"{parts.hostname}:{parts.port or 80}"):
        raise ValueError(
            f"url: {parts.hostname} is not on this machine, and over http anybody on the way reads who your users are; "
            "use https, or say insecure=True"
        )
    return url


def post(url: str, body: object, headers: Mapping[str, str]) -> None:
    """Send `body` as JSON.

    Raises:
        SinkRefusedError: the server will not take it, however often it is asked.
        OSError: it may later.
    """
    from http.client import HTTPConnection, HTTPException, HTTPSConnection  # a program that tracks elsewhere needs none

    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    late = threading.Event()
    timer = threading.Timer(MOST_SECONDS, _cut, [connection, late])
    data = json.dumps(body, separators=(",", ":"), default=str).encode(errors="backslashreplace")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        timer.start()
        connection.request("POST", target, data, {"content-type": "application/json", **headers})
        status = connection.getresponse().status
    except HTTPException as error:
        raise OSError(f"{parts.netloc}: what it says is not HTTP ({type(error).__name__})") from None
    except ValueError:  # of a header, with its text, which is a secret
        raise SinkRefusedError(f"{parts.netloc}: a header holds what HTTP cannot carry, such as a line break") from None
    finally:
        timer.cancel()
        connection.close()
    if late.is_set():
        raise TimeoutError(f"{parts.netloc}: it took more than {MOST_SECONDS:g} s")
    _check(parts.netloc, status)


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    if (connected := connection.sock) is not None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)


def _check(address: str, status: int) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN:
        raise OSError(f"{address}: HTTP {status}")
    raise SinkRefusedError(f"{address}: HTTP {status}")
