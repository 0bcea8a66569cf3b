"""Transport: what serves methods on a port. Services know none; this is all that the server knows of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flagd.process.port.pem import check_authority, check_pair

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a port, read again when they change.

    Attributes:
        certificate: the server's certificate chain.
        key: its private key.
        client_ca: certificates that callers must be signed by; None = callers need no certificate.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def check(self) -> None:
        """Raise OSError, which names the file, where one of them cannot be used."""
        check_pair(self.certificate, self.key)
        if self.client_ca is not None:
            check_authority(self.client_ca)


class Transport(Protocol):
    """Serves the methods it was made with. Started once, drained once."""

    @property
    def address(self) -> str:
        """``host:port`` that is listened on, with the real port where 0 was asked for."""

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""

    async def drain(self, seconds: float) -> None:
        """Take no new calls, let running ones finish for at most `seconds`, then close what is left."""
