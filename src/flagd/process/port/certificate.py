"""Certificate: how a port answers over HTTPS, with files that may be replaced while it runs."""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING, Protocol

from flagd.process.port.pem import check_pair

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)
LOOK_SECONDS = 10.0


class Pair(Protocol):
    """PEM files of a port."""

    @property
    def certificate(self) -> Path:
        """The certificate chain."""

    @property
    def key(self) -> Path:
        """Its private key."""


class Certificate:
    """A pair that does not fit is not used, so the one before stays: a bad rotation never takes the port down."""

    def __init__(self, files: Pair) -> None:
        """Raises OSError when the pair cannot be used."""
        self._files = files
        check_pair(files.certificate, files.key)
        self._seen = self._read()
        self.context = self._made()
        """What connections are accepted with."""

    async def follow(self) -> None:
        """Use what the files say whenever they change; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """Use what the files say now, if it is another pair that fits."""
        try:
            found = self._read()
            if found == self._seen:
                return
            self._seen = found
            check_pair(self._files.certificate, self._files.key)  # a context in use must not get half of a pair
            self.context.load_cert_chain(self._files.certificate, self._files.key)
        except OSError as error:
            log.warning("the TLS files do not match or cannot be read; the previous ones stay in use: %s", error)

    def _read(self) -> tuple[bytes, bytes]:
        return self._files.certificate.read_bytes(), self._files.key.read_bytes()

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._files.certificate, self._files.key)
        return context
