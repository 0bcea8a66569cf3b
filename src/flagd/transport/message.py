"""Message: a request in protobuf's binary form, read within the limits and without holding up others.

A parser makes everything that 1 MiB may hold, half a million messages, before anybody can count them. So what is large
is counted in its bytes first, and many messages are parsed one by one.
Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from google.protobuf.message import DecodeError, Message

from flagd.rpc.limits import ITEMS, USER_VALUES, check_count
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import Descriptor

    # Protobuf's stubs know two classes for one.
    AnyDescriptor = Any
    AnyField = Any

M = TypeVar("M", bound=Message)

AT_ONCE_BYTES = 8 * 1024
"""A message up to this is parsed as it is: whatever is in it takes less than a millisecond."""
_FIELDS = 5 * USER_VALUES
"""Most fields in one part of a request: a value in a map is a field, with a key, a Value and its kind inside."""
_STRAYS = 2000
"""Most fields of a request that are not lists: a few are in use, and what is sent twice counts twice."""
_TURN_FIELDS = 2000
_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES = {_FIXED64: 8, _FIXED32: 4}
_FRAMES = frozenset(("google.protobuf.Struct", "google.protobuf.ListValue"))
"""Messages that are nothing but what is in them."""


class Part(NamedTuple):
    """One field of a message as it stands in its bytes: from `start` with its tag, its content from `content` on."""

    number: int
    kind: int
    start: int
    content: int
    end: int


async def read_message(data: bytes, request: type[M]) -> M:
    """Return the request in `data`. Lets others in between where there is much of it.

    Raises:
        InvalidArgument: no such message, or more in it than any limit allows.
    """
    if len(data) <= AT_ONCE_BYTES:
        return parse_message(data, request)
    message, rest, scan = request(), bytearray(), _Scan(data, request.DESCRIPTOR)
    turn = 0
    for part in parts(data, 0, len(data), request.DESCRIPTOR):
        field = request.DESCRIPTOR.fields_by_number.get(part.number)
        turn += await scan.count(part, field)
        if field is not None and _is_list_of_messages(field):
            _add(message, field, data[part.content : part.end])
        else:
            rest += data[part.start : part.end]
        if turn > _TURN_FIELDS:
            turn = 0
            await asyncio.sleep(0)
    _merge(message, bytes(rest))
    return message


def parse_message(data: bytes, request: type[M]) -> M:
    """Return the message in `data`, which is small. Raises InvalidArgument."""
    try:
        return request.FromString(data)
    except DecodeError:
        raise _invalid(request.DESCRIPTOR) from None


class _Scan:
    """Looks at the bytes of one request."""

    def __init__(self, data: bytes, descriptor: AnyDescriptor) -> None:
        self._data = data
        self._descriptor = descriptor
        self._items: dict[str, int] = {}

    async def count(self, part: Part, field: AnyField) -> int:
        """Count a field of the request itself and all that is in it; return how many fields that were."""
        name = field.name if field is not None and field.is_repeated else "single fields"
        self._items[name] = self._items.get(name, 0) + 1
        check_count(self._items[name], ITEMS.get(name, _STRAYS), name)
        if field is None or field.message_type is None or part.kind != _DELIMITED:
            return 1
        return await self._inside(part, field)

    async def _inside(self, part: Part, field: AnyField) -> int:
        """Return the number of fields in one part of the request, of which there may be so many."""
        fields = values = 0
        todo = [(part.content, part.end, _known(field.message_type))]
        while todo:
            start, end, known = todo.pop()
            for inner in parts(self._data, start, end, self._descriptor):
                fields += 1
                found, counts = known.get(inner.number, (None, False))
                values += counts
                if found is not None and inner.kind == _DELIMITED:
                    todo.append((inner.content, inner.end, _known(found)))
                if values > USER_VALUES or fields > _FIELDS:
                    raise InvalidArgument(f"{field.name}: more than {USER_VALUES} values, nested ones included")
                if fields % _TURN_FIELDS == 0:
                    await asyncio.sleep(0)
        return fields


def parts(data: bytes, start: int, end: int, descriptor: AnyDescriptor) -> Iterator[Part]:
    """Yield the fields of a message that stands between two places; raises InvalidArgument where they are none."""
    while start < end:
        try:
            tag, content = _varint(data, start)
            kind = tag & 7
            if kind == _DELIMITED:
                size, content = _varint(data, content)
                stop = content + size
            elif kind == _VARINT:
                _, stop = _varint(data, content)
            else:
                stop = content + _FIXED_BYTES[kind]
        except (IndexError, KeyError):
            raise _invalid(descriptor) from None
        if stop > end:
            raise _invalid(descriptor)
        yield Part(tag >> 3, kind, start, content, stop)
        start = stop


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number and the place after it; raises IndexError beyond the end, KeyError when it is too long."""
    byte = data[place]
    if byte < 0x80:
        return byte, place + 1
    number, shift = byte & 0x7F, 7
    while byte >= 0x80:
        place += 1
        byte = data[place]
        number |= (byte & 0x7F) << shift
        shift += 7
        if shift > 70:
            raise KeyError(shift)
    return number, place + 1


@lru_cache(256)
def _known(descriptor: AnyDescriptor) -> dict[int, tuple[Descriptor | None, bool]]:
    """Return of each field, by number, its message and whether it counts as a value."""
    return {field.number: (field.message_type, _counts(field)) for field in descriptor.fields}


def _counts(field: AnyField) -> bool:
    kind = field.message_type
    if kind is None:
        return bool(field.is_repeated)
    return not (kind.full_name in _FRAMES or kind.GetOptions().map_entry)


def _is_list_of_messages(field: AnyField) -> bool:
    kind = field.message_type
    return bool(field.is_repeated and kind is not None and not kind.GetOptions().map_entry)


def _add(message: Message, field: AnyField, data: bytes) -> None:
    _merge(getattr(message, field.name).add(), data)


def _merge(message: Message, data: bytes) -> None:
    try:
        message.MergeFromString(data)
    except DecodeError:
        raise _invalid(message.DESCRIPTOR) from None


def _invalid(descriptor: AnyDescriptor) -> InvalidArgument:
    return InvalidArgument(f"not a valid {descriptor.full_name}")
