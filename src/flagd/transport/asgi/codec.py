"""Codec: messages as bytes, in protobuf or in its JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flagd.transport.asgi.json.reply import write_json_reply
from flagd.transport.asgi.json.request import read_json_request
from flagd.transport.message import read_message

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flagd.rpc.method import Reply


class Codec(Protocol):
    """Two directions: request from bytes, reply to bytes. Both let other calls in between where there is much."""

    async def decode(self, data: bytes, request: type[Message]) -> Message:
        """Return the request in ``data``; raises InvalidArgument."""

    async def encode(self, reply: Reply, response: type[Message]) -> bytes:
        """Return the reply as bytes; services may have serialised it as protobuf already."""


@dataclass(frozen=True, slots=True)
class ProtoCodec:
    """Protobuf's binary form."""

    async def decode(self, data: bytes, request: type[Message]) -> Message:
        """See Codec."""
        return await read_message(data, request)

    async def encode(self, reply: Reply, response: type[Message]) -> bytes:  # noqa: ARG002
        """See Codec."""
        return reply if isinstance(reply, bytes) else reply.SerializeToString()


@dataclass(frozen=True, slots=True)
class JsonCodec:
    """Protobuf's JSON form."""

    async def decode(self, data: bytes, request: type[Message]) -> Message:
        """See Codec."""
        return await read_json_request(data, request)

    async def encode(self, reply: Reply, response: type[Message]) -> bytes:
        """See Codec."""
        return await write_json_reply(reply, response)


PROTO = ProtoCodec()
JSON = JsonCodec()
