from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.rpc.transport import TlsFiles
from tests.cluster.pki import Pki

if TYPE_CHECKING:
    from pathlib import Path


def test_the_certificates_that_callers_must_be_signed_by_are_checked_too(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    certificate, key = pki.sign("server", "/CN=server", "serverAuth", ("DNS:localhost",))
    TlsFiles(certificate, key, tmp_path / "ca.crt").check()
    with pytest.raises(OSError, match="holds no PEM certificate"):
        TlsFiles(certificate, key, key).check()
