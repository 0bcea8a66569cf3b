"""Admin: calls to an API server as its admin. What only reads goes over connections that are kept.

Tests look again and again until something is as it should be. A handshake with a certificate each time would keep both
sides busier than all that is waited for.
"""

from __future__ import annotations

import io
import json
import ssl
import urllib.request
from contextlib import suppress
from http.client import HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20


class Admin:
    """`pki` holds ca.crt, admin.crt and admin.key. Threads may share one."""

    def __init__(self, url: str, pki: Path) -> None:
        self._url, self._address = url, urlsplit(url).netloc
        self._context = ssl.create_default_context(cafile=pki / "ca.crt")
        self._context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self._idle: list[HTTPSConnection] = []

    def read(self, path: str) -> bytes:
        """Return what is at `path`.

        Raises:
            HTTPError: the status is not a success.
            OSError: there is no answer.
        """
        with suppress(IndexError):
            while True:
                # The server may have gone or been restarted since this one was used.
                with suppress(ConnectionError, ssl.SSLError):
                    return self._ask(self._idle.pop(), path)
        return self._ask(HTTPSConnection(self._address, timeout=SECONDS, context=self._context), path)

    def open(self, url: str, method: str = "GET", body: object = None, media: str = "application/json") -> Any:
        """Make one call over a connection of its own, and return the answer, to be read and closed."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": media}, method=method)
        return urllib.request.urlopen(request, timeout=SECONDS, context=self._context)

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop().close()

    def _ask(self, connection: HTTPSConnection, path: str) -> bytes:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        if not 200 <= answer.status < 300:
            raise HTTPError(self._url + path, answer.status, answer.reason, answer.headers, io.BytesIO(body))
        return body
