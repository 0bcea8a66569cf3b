"""Outcome: how a call ended, in the words of gRPC and of Connect."""

from __future__ import annotations

import json
import re
from typing import Any

from flagd.rpc.status import Status

Headers = list[tuple[bytes, bytes]]

_UNSAFE = re.compile(rb"[^\x20-\x24\x26-\x7e]")


def encode_grpc_message(text: str) -> bytes:
    """Return ``text`` percent-encoded for ``grpc-message``: UTF-8, all but space to ``~`` escaped, and ``%`` too."""
    return _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], text.encode("utf-8", "replace"))


def grpc_trailers(status: Status, message: str = "") -> Headers:
    """Return the trailers that end a gRPC call."""
    trailers = [(b"grpc-status", b"%d" % status)]
    if message:
        trailers.append((b"grpc-message", encode_grpc_message(message)))
    return trailers


def connect_error(status: Status, message: str) -> dict[str, Any]:
    """Return Connect's error object. Its code is gRPC's name in lower case, but for ``canceled``."""
    code = "canceled" if status is Status.CANCELLED else status.name.lower()
    return {"code": code, "message": message}


def connect_error_body(status: Status, message: str) -> bytes:
    """Return the JSON body of a failed unary call."""
    return json.dumps(connect_error(status, message)).encode()


def connect_end(status: Status, message: str = "") -> bytes:
    """Return the JSON of the frame that ends a stream."""
    end = {} if status is Status.OK else {"error": connect_error(status, message)}
    return json.dumps(end).encode()
