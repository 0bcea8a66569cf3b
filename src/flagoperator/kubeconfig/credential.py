"""Credential: what shows the API server who we are, and where that comes from."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError
from flagoperator.kubeconfig.section import read

if TYPE_CHECKING:
    from pathlib import Path

    from flagoperator.kubeconfig.section import Section


@dataclass(frozen=True, slots=True)
class Certificate:
    """A client certificate and its key, as PEM."""

    chain: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credential:
    """What is shown with a request; empty = nothing, which the API server takes for anybody.

    Attributes:
        headers: name and value of what is sent with every request.
        certificate: what is shown when a connection is made.
    """

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificate: Certificate | None = None


class Source(Protocol):
    """Where a credential comes from."""

    async def credential(self) -> Credential:
        """Return the one that holds now. Raises CredentialError. May be called in any event loop."""

    def refused(self) -> None:
        """Take note that the API server did not accept what was returned last: it is not to be used again."""


class Files:
    """What a user's section and the files that it names say now: others replace those to renew them."""

    def __init__(self, user: Section) -> None:
        """Raises ConnectionSettingsError."""
        self._user = user
        self._token_file = user.path("tokenFile")
        basic = bool(user.text("username") or user.text("password"))
        if basic and (user.text("token") or self._token_file):
            raise ConnectionSettingsError(f"{user.title}: has both a token and a password; leave one of them out")

    async def credential(self) -> Credential:
        """Return what the files say now."""
        return Credential(self._headers(), self._certificate())

    def refused(self) -> None:
        """Do nothing: files are read again anyway."""

    def _headers(self) -> tuple[tuple[str, str], ...]:
        user = self._user
        if user.text("username") or user.text("password"):
            pair = f"{user.text('username')}:{user.text('password')}"
            return (("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"),)
        token = self._token()
        return (bearer(token),) if token else ()

    def _token(self) -> str:
        given = self._user.text("token")
        if self._token_file is None:
            return given
        try:
            return read_token(self._token_file, f"{self._user.title}: tokenFile")
        except CredentialError:
            if given:
                return given
            raise

    def _certificate(self) -> Certificate | None:
        chain, key = self._user.content("client-certificate"), self._user.content("client-key")
        if chain is None and key is None:
            return None
        if chain is None or key is None:
            raise ConnectionSettingsError(
                f"{self._user.title}: client-certificate and client-key belong together; one of them is absent"
            )
        return Certificate(chain, key)


def read_token(file: Path, what: str) -> str:
    """Return the token in `file`. Raises CredentialError where there is none."""
    token = read(file, what).decode(errors="replace").strip()
    if not token:
        raise CredentialError(f"{what}: {file} is empty")
    return token


def bearer(token: str) -> tuple[str, str]:
    """Return the header that shows `token`."""
    return ("Authorization", f"Bearer {token}")
