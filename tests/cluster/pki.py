"""PKI: a throw-away certificate authority for a control plane, by the `openssl` command."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SERVING_NAMES = ("DNS:localhost", "DNS:kubernetes.default.svc", "IP:127.0.0.1", "IP:10.0.0.1")
# Key usage and key identifiers are spelt out because Python >= 3.13 verifies strictly.
_CA_CONFIG = """[req]
distinguished_name=dn
x509_extensions=ca
prompt=no
[dn]
CN=envtest-ca
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
"""
_CURVE = "prime256v1"
"""Keys of RSA take forty times as long to make, and longer in each handshake."""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{_CURVE}", "-nodes")


class Pki:
    """Certificates in one folder: ca, serving, the key of ServiceAccount tokens, one per user; what is there stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "sa.pub").exists():
            self._make(folder)

    def _make(self, folder: Path) -> None:
        config = folder / "ca.cnf"
        config.write_text(_CA_CONFIG)
        _openssl(
            "req",
            "-x509",
            *_NEW_KEY,
            "-days",
            "365",
            "-config",
            config,
            "-keyout",
            folder / "ca.key",
            "-out",
            folder / "ca.crt",
        )
        self.sign("serving", "/CN=kube-apiserver", "serverAuth", SERVING_NAMES)
        _openssl("ecparam", "-name", _CURVE, "-genkey", "-noout", "-out", folder / "sa.key")
        _openssl("ec", "-in", folder / "sa.key", "-pubout", "-out", folder / "sa.pub")

    def sign(self, file: str, subject: str, usage: str, names: tuple[str, ...] = ()) -> tuple[Path, Path]:
        """Make `file`.crt and `file`.key for `subject`; return both paths."""
        certificate, key, request = (self.folder / f"{file}.{end}" for end in ("crt", "key", "csr"))
        extensions = self.folder / f"{file}.ext"
        extensions.write_text(
            "basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
            f"keyUsage=digitalSignature\nextendedKeyUsage={usage}\n"
            + (f"subjectAltName={','.join(names)}\n" if names else "")
        )
        _openssl("req", *_NEW_KEY, "-subj", subject, "-keyout", key, "-out", request)
        _openssl(
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            self.folder / "ca.crt",
            "-CAkey",
            self.folder / "ca.key",
            "-set_serial",
            hex(int.from_bytes(os.urandom(8), "big")),
            "-days",
            "365",
            "-extfile",
            extensions,
            "-out",
            certificate,
        )
        return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
