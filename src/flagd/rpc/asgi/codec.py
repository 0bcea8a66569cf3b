"""Codec: messages as bytes, in protobuf or in its JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

if TYPE_CHECKING:
    from flagd.rpc.method import Reply


_ERROR_TEXT = 200
"""Characters of a parser's own words that are passed on: they may quote the request."""


class MessageError(ValueError):
    """Bytes that are no message of the class wanted; the text may be sent to the caller."""


class Codec(Protocol):
    """Two directions: request from bytes, reply to bytes."""

    def decode(self, data: bytes, request: type[Message]) -> Message:
        """Return the request in ``data``; raises MessageError."""

    def encode(self, reply: Reply, response: type[Message]) -> bytes:
        """Return the reply as bytes; services may have serialised it as protobuf already."""


@dataclass(frozen=True, slots=True)
class ProtoCodec:
    """Protobuf's binary form."""

    def decode(self, data: bytes, request: type[Message]) -> Message:
        """See Codec."""
        try:
            return request.FromString(data)
        except DecodeError:
            raise MessageError(f"not a valid {request.DESCRIPTOR.full_name}") from None

    def encode(self, reply: Reply, response: type[Message]) -> bytes:  # noqa: ARG002
        """See Codec."""
        return reply if isinstance(reply, bytes) else reply.SerializeToString()


@dataclass(frozen=True, slots=True)
class JsonCodec:
    """Protobuf's JSON form. Unknown fields are passed over, as in the binary form."""

    def decode(self, data: bytes, request: type[Message]) -> Message:
        """See Codec."""
        try:
            return json_format.Parse(data or b"{}", request(), ignore_unknown_fields=True)
        except (json_format.ParseError, UnicodeDecodeError, RecursionError) as error:
            raise MessageError(
                f"not a valid {request.DESCRIPTOR.full_name} in JSON: {str(error)[:_ERROR_TEXT]}"
            ) from None

    def encode(self, reply: Reply, response: type[Message]) -> bytes:
        """See Codec."""
        message = response.FromString(reply) if isinstance(reply, bytes) else reply
        return json_format.MessageToJson(message, indent=None).encode()


PROTO = ProtoCodec()
JSON = JsonCodec()
