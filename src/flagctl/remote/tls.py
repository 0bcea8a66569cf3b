"""Tls: how a connection to a server is secured, and the options that say so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import Unreachable
from flagd.process.port.pem import check_authority, check_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import grpc

_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Tls:
    """How the connection is secured.

    Attributes:
        ca: file of the certificates to trust; None = the system's.
        cert: file of the client's certificate chain, leaf first.
        key: file of its private key.
        server_name: name that the server's certificate must bear; None = the host's.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    server_name: str | None = None

    def channel(self, address: str, options: Sequence[tuple[str, Any]] = ()) -> grpc.Channel:
        """Return a channel to `address` with these options of gRPC."""
        import grpc

        self._check()
        credentials = grpc.ssl_channel_credentials(_read(self.ca), _read(self.key), _read(self.cert))
        name = [("grpc.ssl_target_name_override", self.server_name)] if self.server_name else []
        return grpc.secure_channel(address, credentials, [*options, *name])

    def _check(self) -> None:
        """Raise Unreachable, which names the file, where one of them cannot be used: gRPC says nothing of it."""
        try:
            if self.ca is not None:
                check_authority(self.ca)
            if self.cert is not None and self.key is not None:
                check_pair(self.cert, self.key)
        except OSError as error:
            raise Unreachable(str(error)) from None


def tls_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the TLS options, and pass what they make as `tls`; None = plain text."""

    @click.option("--tls", "enabled", is_flag=True, help="Connect with TLS; the other TLS options imply it.")
    @click.option("--tls-ca", "ca", type=_FILE, help="Certificates to trust.  [default: the system's]")
    @click.option("--tls-cert", "cert", type=_FILE, help="Client certificate, if the server requires one.")
    @click.option("--tls-key", "key_file", type=_FILE, help="Private key of that certificate.")
    @click.option(
        "--tls-server-name", "name", metavar="NAME", help="Name in the server's certificate.  [default: HOST]"
    )
    @wraps(function)
    def with_tls(
        enabled: bool,
        ca: Path | None,
        cert: Path | None,
        key_file: Path | None,
        name: str | None,
        **others: Any,  # noqa: ANN401
    ) -> None:
        if (cert is None) != (key_file is None):
            raise click.UsageError("--tls-cert and --tls-key go together")
        tls = Tls(ca, cert, key_file, name)
        function(tls=tls if enabled or tls != Tls() else None, **others)

    return with_tls


def _read(file: Path | None) -> bytes | None:
    try:
        return file.read_bytes() if file else None
    except OSError as error:
        raise Unreachable(f"cannot read {file}: {error.strerror}") from None
