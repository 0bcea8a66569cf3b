"""Reflection: what services there are and what their messages look like, for grpcurl and its like.

The messages are those of grpcio-reflection's v1alpha; v1 is the same on the wire under another path.
https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha.reflection_pb2 import (
    ErrorResponse,
    ExtensionNumberResponse,
    FileDescriptorResponse,
    ListServiceResponse,
    ServerReflectionRequest,
    ServerReflectionResponse,
    ServiceResponse,
)

from flagd.rpc.method import Method
from flagd.rpc.status import Status, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from google.protobuf.descriptor import FileDescriptor

    from flagd.rpc.method import Call
    from flagd.store import Store

DESCRIBED = "grpc.reflection.v1alpha.ServerReflection"
"""The version that is listed: of v1 grpcio-reflection has no descriptor, and callers ask for those they see."""
SERVICES = ("grpc.reflection.v1.ServerReflection", DESCRIBED)


class Reflection:
    """Answers ServerReflectionInfo for the services named, from protobuf's own pool of descriptors."""

    def __init__(self, store: Store, services: Iterable[str]) -> None:
        self._store = store
        self._services = sorted({*services, DESCRIBED})
        self._pool = descriptor_pool.Default()

    def methods(self) -> list[Method]:
        """Return the RPC under the paths of both versions."""
        return [
            Method(
                f"/{service}/ServerReflectionInfo",
                ServerReflectionRequest,
                ServerReflectionResponse,
                bidi=self.info,
                idempotent=True,
            )
            for service in SERVICES
        ]

    async def info(
        self, requests: AsyncIterator[ServerReflectionRequest], _: Call
    ) -> AsyncIterator[ServerReflectionResponse]:
        """Yield one answer per question; end with UNAVAILABLE when the server drains."""
        questions = aiter(requests)
        with self._store.subscribe() as changed:
            while (question := await self._next(questions, changed)) is not None:
                yield self.answer(question)

    async def _next(
        self, questions: AsyncIterator[ServerReflectionRequest], changed: asyncio.Event
    ) -> ServerReflectionRequest | None:
        coming = asyncio.ensure_future(anext(questions, None))
        try:
            while not coming.done():
                if self._store.closed:
                    raise Unavailable("the server is draining; connect again")
                changed.clear()
                change = asyncio.ensure_future(changed.wait())
                await asyncio.wait({coming, change}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
            return coming.result()
        finally:
            coming.cancel()

    def answer(self, request: ServerReflectionRequest) -> ServerReflectionResponse:
        """Return the answer to one question; what does not exist is NOT_FOUND inside the answer."""
        response = ServerReflectionResponse(valid_host=request.host, original_request=request)
        try:
            self._fill(request, response)
        except KeyError:
            response.error_response.CopyFrom(ErrorResponse(error_code=Status.NOT_FOUND, error_message="not found"))
        return response

    def _fill(self, request: ServerReflectionRequest, response: ServerReflectionResponse) -> None:
        match request.WhichOneof("message_request"):
            case "list_services":
                names = [ServiceResponse(name=name) for name in self._services]
                response.list_services_response.CopyFrom(ListServiceResponse(service=names))
            case "file_by_filename":
                response.file_descriptor_response.CopyFrom(_files(self._pool.FindFileByName(request.file_by_filename)))
            case "file_containing_symbol":
                file = self._pool.FindFileContainingSymbol(request.file_containing_symbol)
                response.file_descriptor_response.CopyFrom(_files(file))
            case "file_containing_extension":
                asked = request.file_containing_extension
                message = self._pool.FindMessageTypeByName(asked.containing_type)
                file = self._pool.FindExtensionByNumber(message, asked.extension_number).file  # type: ignore[attr-defined]
                response.file_descriptor_response.CopyFrom(_files(file))
            case "all_extension_numbers_of_type":
                message = self._pool.FindMessageTypeByName(request.all_extension_numbers_of_type)
                numbers = sorted(extension.number for extension in self._pool.FindAllExtensions(message))
                response.all_extension_numbers_response.CopyFrom(
                    ExtensionNumberResponse(base_type_name=message.full_name, extension_number=numbers)
                )
            case _:
                raise KeyError("no question")


def _files(file: FileDescriptor) -> FileDescriptorResponse:
    """Return `file` and all that it imports, importers first."""
    found: dict[str, bytes] = {}
    todo = [file]
    for descriptor in todo:
        if descriptor.name in found:
            continue
        proto = FileDescriptorProto()
        descriptor.CopyToProto(proto)
        found[descriptor.name] = proto.SerializeToString()
        todo.extend(descriptor.dependencies)
    return FileDescriptorResponse(file_descriptor_proto=list(found.values()))
