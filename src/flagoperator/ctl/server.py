"""Server: a flagd to ask over gRPC, and the options that say which and how."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flagoperator.ctl.failure import Refused, Unreachable
from flagoperator.ctl.progress import progress
from flagoperator.ctl.tls import Tls, tls_options

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc
    from google.protobuf.message import Message

    from flagd.v1.evaluation_pb2 import EvaluateRequest, EvaluateResponse, ExplainRequest, ExplainResponse

Response = TypeVar("Response", bound="Message")

_PORT = 8013
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)(?::([0-9]{1,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Server:
    """A flagd.

    Attributes:
        address: ``host:port``.
        key: deployment key to show.
        timeout: longest time to wait for an answer, in seconds.
        tls: None = plain text.
    """

    address: str
    key: str | None
    timeout: float
    tls: Tls | None

    def evaluate(self, request: EvaluateRequest) -> EvaluateResponse:
        """Ask for variants."""
        from flagd.v1.evaluation_pb2 import EvaluateResponse

        return self._call("Evaluate", request, EvaluateResponse)

    def explain(self, request: ExplainRequest) -> ExplainResponse:
        """Ask why."""
        from flagd.v1.evaluation_pb2 import ExplainResponse

        return self._call("Explain", request, ExplainResponse)

    def _call(self, method: str, request: Message, response: type[Response]) -> Response:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what gRPC logs by itself is said better below
        import grpc

        metadata = [("authorization", f"Api-Key {self.key}")] if self.key else None
        try:
            with progress(f"asking {self.address}"), self._channel() as channel:
                call = channel.unary_unary(
                    f"/flagd.v1.EvaluationService/{method}",
                    request_serializer=type(request).SerializeToString,
                    response_deserializer=response.FromString,
                )
                answer: Response = call(request, timeout=self.timeout, metadata=metadata)
                return answer
        except grpc.RpcError as error:
            raise self._failure(error) from None

    def _channel(self) -> grpc.Channel:
        import grpc

        return self.tls.channel(self.address) if self.tls else grpc.insecure_channel(self.address)

    def _failure(self, error: Any) -> click.ClickException:  # noqa: ANN401
        from grpc import StatusCode

        code, details = error.code(), error.details()
        match code:
            case StatusCode.NOT_FOUND:
                return Refused(f"{self.address}: {details}")
            case StatusCode.INVALID_ARGUMENT | StatusCode.RESOURCE_EXHAUSTED:
                return click.UsageError(f"{self.address}: {details}")
            case StatusCode.UNAUTHENTICATED:
                return Unreachable(f"{self.address}: {details}; show a deployment key with --key or FLAGSERVICE_KEY")
            case StatusCode.DEADLINE_EXCEEDED:
                return Unreachable(f"{self.address}: no answer within {self.timeout:g} s")
            case StatusCode.UNAVAILABLE:
                return Unreachable(f"{self.address} cannot be reached: {details}")
            case StatusCode.UNIMPLEMENTED:
                return Unreachable(f"{self.address} serves no flagd.v1.EvaluationService: {details}")
        return Unreachable(f"{self.address}: {code.name}: {details}")


def server_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that make a Server, and pass it as `server`; None where none is to be asked."""

    @click.option("--server", "address", metavar="HOST:PORT", help="Ask this flagd instead of reading manifests.")
    @click.option(
        "--key",
        envvar="FLAGSERVICE_KEY",
        show_envvar=True,
        metavar="TEXT",
        help="Deployment key to show to the server; the variable keeps it out of the list of processes.",
    )
    @click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest time to wait for the server.",
    )
    @tls_options
    @wraps(function)
    def with_server(
        address: str | None,
        key: str | None,
        timeout: float,
        tls: Tls | None,
        **others: Any,  # noqa: ANN401
    ) -> None:
        server = Server(_address(address), _key(key), timeout, tls) if address else None
        function(server=server, **others)

    return with_server


def _key(text: str | None) -> str | None:
    if text is not None and not (text.isascii() and text.isprintable() and " " not in text):
        raise click.UsageError("--key: a deployment key is ASCII text without spaces; the key itself is not shown here")
    return text or None


def _address(text: str) -> str:
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found[2] or _PORT) < 65536:
        raise click.UsageError(f'--server: "{text}" is not HOST:PORT, such as localhost:{_PORT}')
    return f"{found[1]}:{found[2] or _PORT}"
