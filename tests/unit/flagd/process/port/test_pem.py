from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from flagd.process.port.pem import check_authority, check_pair
from tests.cluster.pki import Pki

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


def pair(pki: Pki, name: str) -> tuple[Path, Path]:
    return pki.sign(name, f"/CN={name}", "serverAuth", ("DNS:localhost",))


def test_a_pair_and_an_authority_are_fine(pki: Pki) -> None:
    check_pair(*pair(pki, "good"))
    check_authority(pki.folder / "ca.crt")


def test_the_error_names_the_file_that_is_wrong(pki: Pki, tmp_path: Path) -> None:
    (certificate, key), (_, other) = pair(pki, "one"), pair(pki, "two")
    empty, torn, locked = tmp_path / "empty", tmp_path / "torn", tmp_path / "locked"
    empty.touch()
    torn.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    encrypt = ["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", str(key), "-out", str(locked)]
    subprocess.run(encrypt, check=True, capture_output=True)
    for chain, secret, said in (
        (empty, key, f"{empty} holds no PEM certificate"),
        (key, key, f"{key} holds no PEM certificate"),
        (certificate, certificate, f"{certificate} holds no PEM private key"),
        (certificate, other, f"{other} is not the private key of {certificate}"),
        (certificate, locked, f"{locked} is encrypted; give a private key without a passphrase"),
        (torn, key, f"{torn} and {key} cannot be used: "),
        (tmp_path / "none", key, f"{tmp_path}/none cannot be read: no such file or directory"),
    ):
        with pytest.raises(OSError, match=f"^{said}"):
            check_pair(chain, secret)
    for file, said in ((key, "holds no PEM certificate"), (torn, "cannot be used: ")):
        with pytest.raises(OSError, match=f"^{file} {said}"):
            check_authority(file)
