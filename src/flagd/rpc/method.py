"""Method: one RPC as services offer it and transports serve it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

Reply = Message | bytes
"""A response message, or the same already serialised."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a service may know of the call, apart from the message.

    Attributes:
        metadata: request headers by lower-case name; binary ones (``-bin``) are left out.
        time_remaining: seconds until the caller's deadline, from the start of the call; None = none.
    """

    metadata: Mapping[str, str]
    time_remaining: float | None = None


Admission = Callable[[Call], None]
"""Raises an RpcError for a caller who is refused by its headers alone, before anything of its message is read."""
UnaryHandler = Callable[[Any, Call], Coroutine[Any, Any, Reply]]
StreamHandler = Callable[[Any, Call], AsyncIterator[Reply]]
BidiHandler = Callable[[AsyncIterator[Any], Call], AsyncIterator[Reply]]


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC. Exactly one of the three handlers is set; which one says what kind of call it is.

    Attributes:
        path: ``/package.Service/Method``.
        request: class of the request message.
        response: class of the response message.
        unary: one message in, one out.
        stream: one message in, many out.
        bidi: many in, many out.
        idempotent: whether the call only reads (``NO_SIDE_EFFECTS``).
        at_once: whether `unary` never waits, and refuses itself whom `admit` refuses: then it needs no task to run in,
            and transports may have a small message read first.
        admit: asked by transports before they read the message.
    """

    path: str
    request: type[Message]
    response: type[Message]
    unary: UnaryHandler | None = None
    stream: StreamHandler | None = None
    bidi: BidiHandler | None = None
    idempotent: bool = False
    at_once: bool = False
    admit: Admission = lambda _: None
