"""Connection: calls to a server, and what their failures mean to anyone who asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what gRPC logs by itself is said better below

import grpc

from flagctl.failure import Refused, Unreachable
from flagctl.printable import printable
from flagctl.progress import progress
from flagctl.remote.obstacle import in_words
from flagd.ruleset.obstacle import OBSTACLES
from flagd.v1.evaluation_pb2 import EvaluateRequest, EvaluateResponse, ExplainRequest, ExplainResponse

if TYPE_CHECKING:
    import click
    from google.protobuf.message import Message

    from flagctl.remote.server import Server

Response = TypeVar("Response", bound="Message")

_SERVICE = "/flagd.v1.EvaluationService"
_OPTIONS = [("grpc.max_receive_message_length", 64 * 1024 * 1024)]  # all flags of a project in one answer


class Connection:
    """One channel to `server`. Its calls raise what `flagctl` ends with."""

    def __init__(self, server: Server) -> None:
        self._server = server
        if server.tls is None:
            self._channel = grpc.insecure_channel(server.address, _OPTIONS)
        else:
            self._channel = server.tls.channel(server.address, _OPTIONS)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def evaluate(self, request: EvaluateRequest) -> EvaluateResponse:
        """Ask for variants."""
        return self._call("Evaluate", request, EvaluateResponse)

    def explain(self, request: ExplainRequest) -> ExplainResponse:
        """Ask why."""
        return self._call("Explain", request, ExplainResponse)

    def _call(self, method: str, request: Message, response: type[Response]) -> Response:
        key = self._server.key
        call = self._channel.unary_unary(
            f"{_SERVICE}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString,
        )
        try:
            with progress(f"asking {self._server.address}"):
                answer: Response = call(
                    request,
                    timeout=self._server.timeout,
                    metadata=[("authorization", f"Api-Key {key}")] if key else None,
                )
                return answer
        except grpc.RpcError as error:
            raise self._failure(error) from None

    def _failure(self, error: grpc.RpcError) -> click.ClickException:
        address, code, details = self._server.address, error.code(), printable(error.details() or "")
        match code:
            case grpc.StatusCode.NOT_FOUND | grpc.StatusCode.INVALID_ARGUMENT | grpc.StatusCode.RESOURCE_EXHAUSTED:
                return Refused(f"{address}: {details}")
            case grpc.StatusCode.UNAUTHENTICATED:
                return Unreachable(f"{address}: {details}; show a deployment key with --key or FLAGSERVICE_KEY")
            case grpc.StatusCode.DEADLINE_EXCEEDED:
                return Unreachable(f"{address}: no answer within {self._server.timeout:g} s")
            case grpc.StatusCode.UNAVAILABLE if details in OBSTACLES:
                return Unreachable(f"{address}: {details}")
            case grpc.StatusCode.UNAVAILABLE:
                why = in_words(details, tls=self._server.tls is not None)
                return Unreachable(f"{address} cannot be reached: {why}")
            case grpc.StatusCode.UNIMPLEMENTED:
                return Unreachable(f"{address} serves no flagd.v1.EvaluationService: {details}")
        return Unreachable(f"{address}: {code.name}: {details}")
