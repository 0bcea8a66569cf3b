from __future__ import annotations

import pytest

from flagd.manifest.finding import Finding
from flagd.manifest.reading.encoding import decode
from flagd.manifest.reading.files import MAX_BYTES


@pytest.mark.parametrize(
    ("data", "reason", "says"),
    [
        ("kind: Flag".encode("utf-16"), "NotUtf8", "UTF-16"),
        ("kind: Flag".encode("utf-32"), "NotUtf8", "UTF-32"),
        (b"\xfe\xff\x00k", "NotUtf8", "UTF-16"),
        (b"a: 1\nb: caf\xe9\n", "NotUtf8", "byte 0xe9"),
        (b"a: 1\nb: \x00\n", "NulByte", "byte 9"),
        (b"a" * (MAX_BYTES + 1), "TooLarge", "4 MiB"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str, says: str):
    finding = decode(data)
    assert isinstance(finding, Finding)
    assert finding.reason == reason
    assert says in finding.message


def test_the_line_of_the_wrong_byte_is_known():
    finding = decode(b"a: 1\nb: caf\xe9\n")
    assert isinstance(finding, Finding)
    assert finding.line == 1


def test_a_byte_order_mark_of_utf_8_is_let_pass():
    assert decode(b"\xef\xbb\xbfkind: Flag") == "kind: Flag"


def test_the_largest_file_is_read():
    assert decode(b"#" * MAX_BYTES) == "#" * MAX_BYTES
