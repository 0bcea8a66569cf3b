"""Dashboard: `flagctl dashboard` as its users run it: a process of its own, on loopback, and a plain client for it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.wire.process import SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAGCTL = Path(sys.executable).with_name("flagctl")
FORM = "application/x-www-form-urlencoded"


class Reply(NamedTuple):
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def data(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def csrf(self) -> str:
        """The token in its forms."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.body)
        assert found, self.body[:500]
        return html.unescape(found[1])


class Dashboard:
    """One process. `line` is what it printed first; `url` is where it answers. Use it as a context manager."""

    def __init__(self, *options: object, env: Mapping[str, str] | None = None) -> None:
        words = [str(FLAGCTL), "dashboard", "--listen", "127.0.0.1:0", *map(str, options)]
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=None if env is None else dict(env)
        )
        assert self._process.stdout is not None
        self.line = self._process.stdout.readline()
        found = re.search(r" on (https?://\S+)$", self.line)
        if found is None:
            with self._process, self._process.stdout as rest:
                # `communicate` with a time limit passes over what is buffered already.
                raise AssertionError(self.line + rest.read())
        self.link = found[1]
        self.url = "{0.scheme}://{0.netloc}".format(urlsplit(self.link))
        self.log: list[str] = []
        self._reader = threading.Thread(target=lambda: self.log.extend(self._process.stdout or ()), daemon=True)
        self._reader.start()

    def __enter__(self) -> Dashboard:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def stop(self) -> int:
        """End it as a supervisor does, and return its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._reader.join(SECONDS)
            assert self._process.stdout is not None
            self._process.stdout.close()

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Reply:
        """Send one request; underscores in the names of headers are dashes."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="Host" in named, skip_accept_encoding=True)
            data = body.encode() if isinstance(body, str) else body
            if data is not None:
                named = {"Content-Length": str(len(data)), "Content-Type": FORM, **named}
            for name, value in named.items():
                connection.putheader(name, value)
            connection.endheaders(data)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for a page."""
        return self.ask("GET", path, **headers)

    def json(self, path: str, **headers: str) -> Any:
        """Return the page as JSON."""
        return self.get(path, Accept="application/json", **headers).data

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Reply:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields), **headers)
