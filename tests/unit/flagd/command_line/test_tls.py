"""The files of a port that options name."""

from pathlib import Path

import click
import pytest

from flagd.command_line.tls import take_tls_files
from flagd.rpc.transport import TlsFiles

CERT, KEY, CA = Path("c"), Path("k"), Path("ca")


def _take(cert=None, key=None, client_ca=None, management=False):
    left = {"listen": "a:1", "management_tls": management}
    settings = {"tls_cert": cert, "tls_key": key, "tls_client_ca": client_ca, **left}
    files = take_tls_files(settings)
    assert settings == left
    return files


def test_files_that_belong_together_are_taken_together():
    assert _take() is None
    assert _take(CERT, KEY) == TlsFiles(CERT, KEY)
    assert _take(CERT, KEY, CA) == TlsFiles(CERT, KEY, CA)
    assert _take(CERT, KEY, management=True) == TlsFiles(CERT, KEY)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ((CERT, None), "together"),
        ((None, KEY), "together"),
        ((None, None, CA), "--tls-cert and"),
        ((None, None, None, True), "--management-tls needs --tls-cert"),
    ],
)
def test_a_file_without_those_it_needs_is_refused(files, reason):
    with pytest.raises(click.UsageError, match=reason):
        _take(*files)
