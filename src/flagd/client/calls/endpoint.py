"""Endpoint: where a server is, and what may be said to it over the way that leads there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flagd.process.address import is_loopback, split_url

if TYPE_CHECKING:
    from pathlib import Path

Protocol = Literal["connect", "grpc"]
PORT = 8013
_SCHEMES: dict[str, tuple[Protocol, bool]] = {
    "http": ("connect", False),
    "https": ("connect", True),
    "grpc": ("grpc", False),
    "grpcs": ("grpc", True),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server, or all that are behind one name.

    Attributes:
        protocol: what is spoken there.
        tls: whether it is spoken inside TLS.
        host: name or IP address, without brackets.
        port: of TCP.
        key: deployment key to show; empty = none is shown.
        ca: PEM file with the CA certificates to trust; None = those of the system.
    """

    protocol: Protocol
    tls: bool
    host: str
    port: int
    key: str = field(default="", repr=False)
    ca: Path | None = None

    @classmethod
    def parse(cls, url: str, key: str = "", ca: Path | None = None, *, insecure: bool = False) -> Endpoint:
        """Return what `url` says: ``http://``, ``https://``, ``grpc://`` or ``grpcs://``, a host and a port.

        Raises:
            ValueError: it is not such a URL, or a key would be readable on its way and `insecure` does not allow that.
        """
        try:
            parts = split_url(url, _SCHEMES)
        except ValueError:
            wrong = f"{_shown(url)} is not {', '.join(_SCHEMES)}://HOST:PORT, without user and password"
            raise ValueError(f"url: {wrong}") from None
        if parts.query or parts.fragment or parts.path not in ("", "/"):
            raise ValueError("url: only scheme, host and port are used; say key=… for a deployment key")
        if any(character in key for character in "\r\n\0") or not key.isascii():
            raise ValueError("key: not a deployment key: it has line breaks or characters beyond ASCII")
        protocol, tls = _SCHEMES[parts.scheme]
        endpoint = cls(protocol, tls, parts.hostname or "", parts.port or PORT, key, ca)
        if key and not tls and not insecure and not is_loopback(endpoint.address):
            raise ValueError(
                f"url: {endpoint.address} is not on this machine, and over {parts.scheme} anybody on the way reads "
                f"the deployment key; use {parts.scheme}s, or say insecure=True"
            )
        return endpoint

    @property
    def address(self) -> str:
        """``host:port``, IPv6 addresses in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authorization(self) -> dict[str, str]:
        """The header that shows the key; empty without one."""
        return {"authorization": f"Api-Key {self.key}"} if self.key else {}


def _shown(url: str) -> str:
    """Return `url` as it may stand in an error: without what may be a password."""
    return repr(url.rpartition("@")[2][:100])
