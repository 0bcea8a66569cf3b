"""Tls: credentials of a grpc.aio port that follow their files.

gRPC asks for them at every handshake, on a thread of its own. A pair that does not fit is not handed
on, so the one before stays in use: a bad rotation never takes the port down.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.rpc.transport import TlsFiles

log = logging.getLogger(__name__)
_CHECK_SECONDS = 1.0


def server_credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Return credentials that are read again when `files` change. Raises OSError when they cannot be read now."""
    files.check()
    initial = _configuration(_read(files))
    return grpc.dynamic_ssl_server_credentials(
        initial, _Renewal(files), require_client_authentication=files.client_ca is not None
    )


class _Renewal:
    """Called by gRPC at every handshake; gives a configuration only when the files differ from last time."""

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._seen = _read(files)
        self._checked = time.monotonic()

    def __call__(self) -> grpc.ServerCertificateConfiguration | None:
        now = time.monotonic()
        if now - self._checked < _CHECK_SECONDS:
            return None
        self._checked = now
        try:
            found = _read(self._files)
            if found == self._seen:
                return None
            self._seen = found
            self._files.check()
        except OSError as error:
            log.warning("the TLS files do not match or cannot be read; the previous ones stay in use: %s", error)
            return None
        log.info("the TLS files changed, new connections use them")
        return _configuration(found)


def _read(files: TlsFiles) -> tuple[bytes, bytes, bytes | None]:
    """Read the files through their resolved folder, so that a swap of ``..data`` cannot mix two sets."""
    certificate = files.certificate.resolve()
    key = _beside(certificate, files.certificate, files.key)
    client_ca = files.client_ca and _beside(certificate, files.certificate, files.client_ca)
    return certificate.read_bytes(), key.read_bytes(), client_ca.read_bytes() if client_ca else None


def _beside(resolved: Path, certificate: Path, other: Path) -> Path:
    if other.parent != certificate.parent:
        return other
    sibling = resolved.parent / other.name
    return sibling if sibling.exists() else other


def _configuration(pems: tuple[bytes, bytes, bytes | None]) -> grpc.ServerCertificateConfiguration:
    certificate, key, client_ca = pems
    return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=client_ca)
