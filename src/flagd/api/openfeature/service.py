"""Service: flagd.evaluation.v1 and flagd.evaluation.v2 as methods.

Their messages are ours (protos/flagd/openfeature/v1); names of messages are not on the wire.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagd.api.openfeature.events import Events
from flagd.api.openfeature.resolving import Resolving
from flagd.openfeature.v1 import evaluation_pb2 as pb
from flagd.resolution import Type
from flagd.rpc.method import Method

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flagd.api.access import Access
    from flagd.store import Store

FIRST, SECOND = "flagd.evaluation.v1.Service", "flagd.evaluation.v2.Service"
_RESOLVE: dict[str, tuple[Type, type[Message], type[Message]]] = {
    "ResolveBoolean": (Type.BOOLEAN, pb.ResolveBooleanRequest, pb.ResolveBooleanResponse),
    "ResolveString": (Type.STRING, pb.ResolveStringRequest, pb.ResolveStringResponse),
    "ResolveInt": (Type.INTEGER, pb.ResolveIntRequest, pb.ResolveIntResponse),
    "ResolveFloat": (Type.FLOAT, pb.ResolveFloatRequest, pb.ResolveFloatResponse),
    "ResolveObject": (Type.OBJECT, pb.ResolveObjectRequest, pb.ResolveObjectResponse),
}


def openfeature_methods(access: Access, store: Store) -> list[Method]:
    """Return the RPCs of both versions. EventStream is the same in both; ResolveAll is in the first only."""
    resolving, events = Resolving(access), Events(access, store)
    make = partial(Method, admit=access.admit)
    unary = partial(make, at_once=True)
    methods = [unary(f"/{FIRST}/ResolveAll", pb.ResolveAllRequest, pb.ResolveAllResponse, resolving.resolve_all)]
    for service, resolve in ((FIRST, resolving.resolve_value), (SECOND, resolving.resolve)):
        for name, (wanted, request, response) in _RESOLVE.items():
            methods.append(unary(f"/{service}/{name}", request, response, partial(resolve, wanted)))
        path = f"/{service}/EventStream"
        methods.append(make(path, pb.EventStreamRequest, pb.EventStreamResponse, stream=events.event_stream))
    return methods
