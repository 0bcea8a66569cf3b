"""Resolving: the value of one flag, or of all, as OpenFeature's providers ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from flagd.api.answer_size import joined
from flagd.api.delimited import delimited
from flagd.api.openfeature.context import evaluation_context
from flagd.api.openfeature.reply import Replies, Reply
from flagd.api.openfeature.selector import selected_project
from flagd.openfeature.v1.evaluation_pb2 import ResolveAllResponse
from flagd.resolution import FLAG_SET_ID, Type
from flagd.rpc.budget import user_budget
from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.rpc.status import NotFound
from flagd.rpc.struct import from_struct, to_struct

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

    from flagd.api.access import Access
    from flagd.api.view import View
    from flagd.engine.variant import Variant
    from flagd.openfeature.v1.evaluation_pb2 import ResolveAllRequest
    from flagd.rpc.method import Call

_FLAGS, _ENTRY_KEY, _ENTRY_VALUE = 1, 1, 2


class Resolving:
    """Answers Resolve* of both versions, and ResolveAll of the first."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._replies = Replies()
        self._entries: WeakKeyDictionary[View, dict[Variant | None, bytes]] = WeakKeyDictionary()

    async def resolve(self, wanted: Type, request: Any, call: Call) -> bytes:  # noqa: ANN401 - one of five messages
        """Return the encoded response; one without value and variant says that the caller's own default holds."""
        return self._reply(wanted, request, call).data

    async def resolve_value(self, wanted: Type, request: Any, call: Call) -> bytes:  # noqa: ANN401 - as above
        """Do the same for callers of the first version, who cannot tell an absent value from a zero."""
        reply = self._reply(wanted, request, call)
        if reply.is_default:
            raise NotFound("the flag has no value for this context: the caller's own default holds")
        return reply.data

    async def resolve_all(self, request: ResolveAllRequest, call: Call) -> bytes:
        """Return an encoded ResolveAllResponse of the flags that have a value.

        Lists are left out, and integers beyond 2^53 - 1: AnyFlag has no place for either.
        """
        view = self._view(call)
        project = view.snapshot.ruleset.project
        context = _context(request.context)
        variants = view.variants(context, ())
        view.count(variants, context)
        rest = ResolveAllResponse(metadata=to_struct({FLAG_SET_ID: project})).SerializeToString()
        made = self._entries.setdefault(view, {})
        entries = [*map(made.get, map(variants.get, view.keys))]
        if None in entries:
            for key in view.keys:
                variant = variants.get(key)
                if variant not in made:
                    made[variant] = self._entry(key, variant, project)
            entries = [made[variants.get(key)] for key in view.keys]
        return joined(view.keys, cast("list[bytes]", entries), rest)

    def _entry(self, key: str, variant: Variant | None, project: str) -> bytes:
        """Return an encoded entry of the map of flags; none where it is left out."""
        reply = self._replies.find(variant, Type.ANY, project)
        if reply.is_default or not reply.data:
            return b""
        return delimited(_FLAGS, delimited(_ENTRY_KEY, key.encode()) + delimited(_ENTRY_VALUE, reply.data))

    def _reply(self, wanted: Type, request: Any, call: Call) -> Reply:  # noqa: ANN401 - as above
        view = self._view(call)
        check_text(request.flag_key, "flag_key", KEY_BYTES)
        variant = view.variant(_context(request.context), request.flag_key)
        return self._replies.find(variant, wanted, view.snapshot.ruleset.project)

    def _view(self, call: Call) -> View:
        return self._access.view(selected_project(call.metadata), call)


def _context(given: Struct) -> dict[str, Any]:
    return evaluation_context(from_struct(given, user_budget("context")))
