"""Pem: whether files can be used for TLS, found out before they are, and said by naming the file that is wrong."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CERTIFICATE = b"CERTIFICATE-----"
_KEY = b"PRIVATE KEY-----"
_LOCKED = b"ENCRYPTED"


class PemError(OSError):
    """A file cannot be used; the message says which and why."""


def check_pair(certificate: Path, key: Path) -> None:
    """Raise PemError unless `certificate` is a chain and `key` its private key, which needs no passphrase."""
    if _CERTIFICATE not in _read(certificate):
        raise PemError(f"{certificate} holds no PEM certificate")
    secret = _read(key)
    if _KEY not in secret:
        raise PemError(f"{key} holds no PEM private key")
    if _LOCKED in secret:  # OpenSSL would ask whoever sits at the terminal
        raise PemError(f"{key} is encrypted; give a private key without a passphrase")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise PemError(f"{key} is not the private key of {certificate}") from None
        raise PemError(f"{certificate} and {key} cannot be used: {_reason(error)}") from None


def check_authority(ca: Path) -> None:
    """Raise PemError unless `ca` holds certificates to trust."""
    if _CERTIFICATE not in _read(ca):
        raise PemError(f"{ca} holds no PEM certificate")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca)
    except ssl.SSLError as error:
        raise PemError(f"{ca} cannot be used: {_reason(error)}") from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PemError(f"{file} cannot be read: {(error.strerror or 'unreadable').lower()}") from None


def _reason(error: ssl.SSLError) -> str:
    return str(error.reason or "it is damaged").replace("_", " ").lower()
