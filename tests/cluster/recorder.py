"""Recorder: an HTTP server on loopback that notes what it is asked, and answers everything with an empty object."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

SHOWN = ("authorization", "impersonate-")
DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True, "verbs": ["get", "list"]}],
    },
}
"""What kubectl looks at before it asks for configmaps."""
Shown = list[tuple[str, str]]


class Recorder:
    """Inside ``with``: `asked` has method, path and, sorted, the headers that say who asks."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, Shown]] = []
        self.subjects: list[str] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                recorder.note(self)
                self._say(200)

            def do_CONNECT(self) -> None:
                recorder.note(self)
                self._say(502)

            def _say(self, status: int) -> None:
                body = json.dumps(DISCOVERY.get(self.path.partition("?")[0], {"kind": "Anything"})).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a handshake that is broken off
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._tls = tls is not None

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._server.server_address[1]}"

    def note(self, request: BaseHTTPRequestHandler) -> None:
        headers = sorted(
            (name.lower(), value) for name, value in request.headers.items() if name.lower().startswith(SHOWN)
        )
        self.asked.append((request.command, request.path, headers))
        if self._tls:
            shown = request.connection.getpeercert() or {}  # type: ignore[attr-defined]
            self.subjects.append(str(shown.get("subject", "")))
