"""The certificate of a port, and its rotation."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from flagd.process.port.certificate import Certificate
from flagd.rpc.transport import TlsFiles
from tests.cluster.pki import Pki

if TYPE_CHECKING:
    from pathlib import Path


def test_a_pair_that_does_not_fit_is_refused_at_the_start_and_passed_over_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    pki = Pki(tmp_path)
    (one, key), (other, _) = (pki.sign(name, f"/CN={name}", "serverAuth", ("DNS:localhost",)) for name in ("a", "b"))
    with pytest.raises(OSError, match="is not the private key of"):
        Certificate(TlsFiles(other, key))
    chain = tmp_path / "tls.crt"
    shutil.copy(one, chain)
    found = Certificate(TlsFiles(chain, key))
    shutil.copy(other, chain)
    found.look()
    assert "the previous ones stay in use" in caplog.text
    chain.unlink()
    found.look()
