"""Server: a flagd to ask over gRPC, and the options that say which and how."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from flagctl.printable import printable
from flagctl.remote.tls import Tls, tls_options
from flagd.command_line.parameter import Number
from flagd.process.address import split_address, with_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagctl.remote.connection import Connection

_PORT = 8013


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

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection, and hang up afterwards."""
        from flagctl.remote.connection import Connection

        connection = Connection(self)
        try:
            yield connection
        finally:
            connection.close()


def server_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that make a Server, and pass it as `server`; None where none is to be asked."""

    @click.option("--server", "address", metavar="HOST:PORT", help="Ask this flagd instead of reading manifests.")
    @click.option(
        "--key",
        envvar="FLAGSERVICE_KEY",
        show_envvar=True,
        metavar="TEXT",
        help="Deployment key for the server; the variable keeps it out of the process list.",
    )
    @click.option(
        "--timeout",
        type=Number(min=0, min_open=True),
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
    address = with_port(text, _PORT)
    try:
        _, port = split_address(address)
    except ValueError:
        port = 0
    if not port:
        raise click.UsageError(f'--server: "{printable(text)}" is not HOST:PORT, such as localhost:{_PORT}')
    return address
