import json

import pytest

from flagd.rpc.plain import PARTS, read_json, write_json
from flagd.rpc.status import InvalidArgument


def test_json_is_read():
    assert read_json(b'{"a": [1, 2.0, "x", null], "a": 2}', "body") == {"a": 2}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 2000 + b"]" * 2000, b"1e400"])
def test_what_is_not_json_is_refused_with_its_place(text):
    with pytest.raises(InvalidArgument, match=r"^body: not valid JSON"):
        read_json(text, "body")


@pytest.mark.parametrize(
    "text",
    [b"[" + b"0," * PARTS + b"0]", b"[" * (PARTS + 1), b"{" + b'"a":0,' * PARTS + b'"a":0}', b'"' * (4 * PARTS + 1)],
)
def test_what_holds_too_much_is_refused_before_it_is_read(text):
    with pytest.raises(InvalidArgument, match=r"^body: "):
        read_json(text, "body")


def test_punctuation_inside_texts_does_not_count():
    text = json.dumps(["," * PARTS, "\\", '"', "[{:"]).encode()
    assert read_json(text, "body") == json.loads(text)


@pytest.mark.parametrize("value", [0.0, 1 << 80, "\ud800", {"a": [1, None, True]}])
def test_whatever_is_written_can_be_read(value):
    assert json.loads(write_json(value)) == value
    assert write_json(0.0) == b"0.0"
