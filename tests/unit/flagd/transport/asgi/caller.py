"""Caller: calls an ASGI application in this process, as a server would for one request."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Answer:
    """What the application sent."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    trailers: dict | None = None
    parts: int = 0

    @property
    def grpc_status(self):
        found = self.headers if self.trailers is None else self.trailers
        return int(found[b"grpc-status"])

    @property
    def grpc_message(self):
        found = self.headers if self.trailers is None else self.trailers
        return found.get(b"grpc-message", b"").decode()


@dataclass
class Caller:
    """One caller. `parts` is the request's body as it comes; `gone` says when the caller has left."""

    app: object
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, path, *parts, method="POST", headers=(), query=""):
        answer = Answer()
        waiting = list(parts) or [b""]

        async def receive():
            if waiting:
                part = waiting.pop(0)
                return {"type": "http.request", "body": part, "more_body": bool(waiting)}
            if self.gone.is_set():
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(event):
            if self.gone.is_set():
                raise OSError("gone")
            _take(answer, event)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in dict(headers).items()],
        }
        await self.app(scope, receive, send)
        return answer


def _take(answer, event):
    kind = event["type"]
    if kind == "http.response.start":
        assert answer.status == 0, "started twice"
        answer.status, answer.headers = event["status"], dict(event["headers"])
        answer.trailers = {} if event.get("trailers") else None
    elif kind == "http.response.body":
        answer.body += event["body"]
        answer.parts += 1
    else:
        assert kind == "http.response.trailers"
        answer.trailers = dict(event["headers"])
