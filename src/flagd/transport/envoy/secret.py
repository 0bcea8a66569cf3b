"""Secret: TLS files as Envoy's secrets (SDS from files), so that a rotation drops no connection.

Envoy reads them again when something is *moved* into their directory: Kubernetes swaps ``..data`` that way, and
``mv`` does. A pair that does not fit is refused with a warning, and the one before stays.
https://www.envoyproxy.io/docs/envoy/v1.39.0/configuration/security/secret
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.rpc.transport import TlsFiles

_TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3"
_CERTIFICATE = "certificate"
_CLIENT_CA = "client-ca"


def write_secrets(tls: TlsFiles, directory: Path) -> None:
    """Write into ``directory`` the files that tell Envoy where the certificate, its key and the CA are."""
    certificate = {
        "certificate_chain": {"filename": str(tls.certificate.absolute())},
        "private_key": {"filename": str(tls.key.absolute())},
        "watched_directory": {"path": str(tls.certificate.absolute().parent)},
    }
    _write(directory, _CERTIFICATE, {"tls_certificate": certificate})
    if tls.client_ca is None:
        return
    client_ca = {
        "trusted_ca": {"filename": str(tls.client_ca.absolute())},
        "watched_directory": {"path": str(tls.client_ca.absolute().parent)},
    }
    _write(directory, _CLIENT_CA, {"validation_context": client_ca})


def tls_socket(tls: TlsFiles, directory: Path) -> dict[str, Any]:
    """Return the transport socket of a listener with these files."""
    common: dict[str, Any] = {
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
        "tls_certificate_sds_secret_configs": [_reference(directory, _CERTIFICATE)],
    }
    if tls.client_ca is not None:
        common["validation_context_sds_secret_config"] = _reference(directory, _CLIENT_CA)
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TLS}.DownstreamTlsContext",
            "common_tls_context": common,
            "require_client_certificate": tls.client_ca is not None,
        },
    }


def _reference(directory: Path, name: str) -> dict[str, Any]:
    source = {"path_config_source": {"path": str(_file(directory, name))}, "resource_api_version": "V3"}
    return {"name": name, "sds_config": source}


def _write(directory: Path, name: str, secret: dict[str, Any]) -> None:
    resource = {"@type": f"{_TLS}.Secret", "name": name, **secret}
    _file(directory, name).write_text(json.dumps({"resources": [resource]}))


def _file(directory: Path, name: str) -> Path:
    return directory / f"{name}.json"
