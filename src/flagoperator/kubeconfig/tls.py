"""TLS: how the API server is recognised, and our certificate shown to it."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from typing import TYPE_CHECKING

from flagoperator.kubeconfig.fault import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagoperator.kubeconfig.credential import Certificate


def tls_context(authorities: bytes | None, certificate: Certificate | None, *, verify: bool = True) -> ssl.SSLContext:
    """Return a context for `authorities` (PEM; None = those of this machine) and our `certificate`.

    Raises CredentialError.
    """
    try:
        context = ssl.create_default_context(cadata=None if authorities is None else authorities.decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise CredentialError(f"certificate-authority is not PEM: {error}") from None
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate is not None:
        _load(context, certificate)
    return context


def _load(context: ssl.SSLContext, certificate: Certificate) -> None:
    try:
        with _file(certificate.chain.rstrip() + b"\n" + certificate.key) as path:
            context.load_cert_chain(path)
    except (ssl.SSLError, OSError) as error:
        # Also seen for a moment while somebody replaces the two files one after the other.
        raise CredentialError(
            f"client-certificate and client-key do not belong together, or are not PEM: {error}"
        ) from None


@contextlib.contextmanager
def _file(content: bytes) -> Iterator[str]:
    """Give `content` a path meanwhile: in memory where that can be, since a pod's file system may be read-only."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("certificate"), "wb") as file:  # noqa: PTH123  # a descriptor
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.NamedTemporaryFile() as named:
        named.write(content)
        named.flush()
        yield named.name
