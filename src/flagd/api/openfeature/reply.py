"""Reply: what is said of a variant, as messages of OpenFeature's protocol, encoded once per variant and type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flagd.openfeature.v1 import evaluation_pb2 as pb
from flagd.resolution import Resolution, Type, resolve
from flagd.rpc.struct import to_struct
from flagd.value_type import LARGEST_INTEGER

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flagd.engine.variant import Variant

_RESPONSES: dict[Type, type[Message]] = {
    Type.BOOLEAN: pb.ResolveBooleanResponse,
    Type.STRING: pb.ResolveStringResponse,
    Type.INTEGER: pb.ResolveIntResponse,
    Type.FLOAT: pb.ResolveFloatResponse,
    Type.OBJECT: pb.ResolveObjectResponse,
}
_ANY_FIELDS = {bool: "bool_value", str: "string_value", int: "double_value", float: "double_value"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes:
        data: the encoded response; an encoded AnyFlag for `Type.ANY`, empty where AnyFlag cannot hold the value.
        is_default: whether it says that the caller's own default holds.
    """

    data: bytes
    is_default: bool


class Replies:
    """The replies made so far; those of a variant go with it."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Variant, dict[tuple[str, Type], Reply]] = WeakKeyDictionary()

    def find(self, variant: Variant | None, wanted: Type, project: str) -> Reply:
        """Return the reply to a caller who asks `project` for a flag as `wanted`. Raises what `resolve` raises."""
        if variant is None:
            return _make(resolve(None, wanted, project), wanted)
        made = self._made.get(variant)
        if made is None:
            made = self._made[variant] = {}
        reply = made.get((project, wanted))
        if reply is None:
            reply = made[project, wanted] = _make(resolve(variant, wanted, project), wanted)
        return reply


def _make(resolution: Resolution, wanted: Type) -> Reply:
    message = _any_flag(resolution) if wanted is Type.ANY else _response(resolution, wanted)
    data = message.SerializeToString(deterministic=True) if message else b""
    return Reply(data, resolution.variant is None)


def _response(resolution: Resolution, wanted: Type) -> Message:
    value = resolution.value
    fields = {"value": to_struct(value) if isinstance(value, dict) else value, "variant": resolution.variant}
    return _RESPONSES[wanted](reason=resolution.reason, metadata=to_struct(resolution.metadata), **fields)


def _any_flag(resolution: Resolution) -> Message | None:
    fields: dict[str, Any] = {"reason": resolution.reason, "variant": resolution.variant}
    value = resolution.value
    if isinstance(value, dict):
        fields["object_value"] = to_struct(value)
    elif isinstance(value, list) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        return None
    elif value is not None:
        fields[_ANY_FIELDS[type(value)]] = value
    return pb.AnyFlag(metadata=to_struct(resolution.metadata), **fields)
