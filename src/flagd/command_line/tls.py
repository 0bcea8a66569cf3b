"""Tls: the files of a port that options name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flagd.command_line.check import check_pair

if TYPE_CHECKING:
    from flagd.rpc.transport import TlsFiles


def take_tls_files(settings: dict[str, Any]) -> TlsFiles | None:
    """Take ``--tls-cert``, ``--tls-key`` and ``--tls-client-ca`` out of `settings`.

    Raises UsageError where one is given without the others that it needs.
    """
    # Imported when needed: --help is quick.
    from flagd.rpc.transport import TlsFiles

    certificate, key, client_ca = (settings.pop(name) for name in ("tls_cert", "tls_key", "tls_client_ca"))
    check_pair("--tls-cert", certificate, "--tls-key", key)
    if client_ca and not certificate:
        raise click.UsageError("--tls-client-ca needs --tls-cert and --tls-key")
    if settings["management_tls"] and not certificate:
        raise click.UsageError("--management-tls needs --tls-cert and --tls-key")
    return TlsFiles(certificate, key, client_ca) if certificate else None
