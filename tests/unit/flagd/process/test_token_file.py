from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.process.token_file import read_token

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_is_read_without_what_is_around_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(" sesame\r\n")
    assert read_token(tmp_path / "token") == "sesame"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"sesame\nopen\n", "holds more than one line, or control characters; a token is one line of text"),
        (b"sesame\xff", "holds no token: it is not ASCII text"),
        (b" \n", "holds nothing; a token is one line of text"),
        (None, "cannot be read: no such file or directory"),
    ],
)
def test_what_is_wrong_is_said_without_the_token(data: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(OSError, match=said) as raised:
        read_token(file)
    assert str(raised.value) == f"{file} {said}"
