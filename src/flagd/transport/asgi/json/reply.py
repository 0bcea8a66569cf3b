"""JsonReply: an answer in protobuf's JSON form, a piece at a time.

Services join answers from pieces that are encoded already, one per flag and variant. Those are cut apart again and
each is turned into JSON once; what is left is small. Whole numbers are written without a point.
"""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass

from flagd.transport.message import parts
from flagd.value_type import is_float

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flagd.rpc.method import Reply
    from flagd.transport.message import AnyDescriptor, AnyField

_FLOATS = frozenset({"payload", "value", "doubleValue"})
"""What holds the number in an answer, apart from its metadata: ours, that of ResolveFloat, and that of AnyFlag."""
_PIECES = 1
"""Number of the field that is cut apart: a map of flags, or a list of results with such a map each."""
_TURN_PIECES = 50
_KEPT, _KEPT_BYTES = 4096, 2048
"""Most pieces that are kept as JSON, and the longest: 40 MB at the very most."""


async def write_json_reply(reply: Reply, response: type[Message]) -> bytes:
    """Return the reply as JSON. Lets others in between where there is much of it."""
    data = reply if isinstance(reply, bytes) else reply.SerializeToString()
    return (await _Writer().message(data, response)).encode()


class _Writer:
    """Writes one answer."""

    def __init__(self) -> None:
        self._pieces = 0

    async def message(self, data: bytes, response: type[Message]) -> str:
        """Return one message, which may be all of the answer or a result in it."""
        field = response.DESCRIPTOR.fields_by_number.get(_PIECES)
        if field is None or not field.is_repeated or field.message_type is None:
            return json.dumps(_plain(response, data))
        pieces, rest = _apart(data, response.DESCRIPTOR)
        texts = [await self._piece(piece, response, field) for piece in pieces]
        others = json.dumps(_plain(response, rest))
        if not texts:
            return others
        opening, closing = ("{", "}") if _is_map(field) else ("[", "]")
        members = f'"{field.json_name}": {opening}{", ".join(texts)}{closing}'
        return f"{{{members}}}" if others == "{}" else f"{{{members}, {others[1:]}"

    async def _piece(self, piece: bytes, response: type[Message], field: AnyField) -> str:
        self._pieces += 1
        if self._pieces % _TURN_PIECES == 0:
            await asyncio.sleep(0)
        if _is_map(field):
            text: str = (_kept if len(piece) <= _KEPT_BYTES else _entry)(response, piece)
            return text
        (part,) = parts(piece, 0, len(piece), response.DESCRIPTOR)
        kind = GetMessageClass(field.message_type)
        return await self.message(piece[part.content : part.end], kind)


def _apart(data: bytes, descriptor: AnyDescriptor) -> tuple[list[bytes], bytes]:
    pieces, rest = [], bytearray()
    for part in parts(data, 0, len(data), descriptor):
        if part.number == _PIECES:
            pieces.append(data[part.start : part.end])
        else:
            rest += data[part.start : part.end]
    return pieces, bytes(rest)


def _entry(response: type[Message], piece: bytes) -> str:
    """Return one entry of a map, without the braces around it."""
    (entries,) = _plain(response, piece).values()
    return json.dumps(entries)[1:-1]


_kept: Any = lru_cache(_KEPT)(_entry)


def _is_map(field: AnyField) -> bool:
    return bool(field.message_type.GetOptions().map_entry)


def _plain(response: type[Message], data: bytes) -> Any:  # noqa: ANN401
    return _whole(json_format.MessageToDict(response.FromString(data)))


def _whole(value: Any) -> Any:  # noqa: ANN401
    """Return `value` with 1.0 as 1, as it was written and as JavaScript writes it, but for the value of a Float."""
    if isinstance(value, dict):
        kept = _FLOATS if is_float(value.get("metadata")) else ()
        return {name: one if name in kept and isinstance(one, float) else _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value
