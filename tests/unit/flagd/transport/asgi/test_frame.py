"""Frames, by the text of the gRPC protocol: flags, length, limits, compression."""

import gzip
import zlib

import pytest

from flagd.rpc.status import ResourceExhausted, RpcError, Status
from flagd.transport.asgi.compression import Encoding
from flagd.transport.asgi.frame import END_STREAM, FrameReader, frame, only_frame

LIMIT = 100
ABC = gzip.compress(b"abc", mtime=0)
ZEROS = b"\0" * (LIMIT + 1)


def compressed(data):
    return frame(data, flags=1)


def read(body, encoding=None, parts=None):
    reader = FrameReader(LIMIT, encoding)
    messages = [message for part in parts or [body] for message in reader.feed(part)]
    reader.close()
    return messages


@pytest.mark.parametrize(
    ("message", "flags", "expected"),
    [
        (b"", 0, b"\0\0\0\0\0"),
        (b"abc", 0, b"\0\0\0\0\3abc"),
        (b"abc", 1, b"\1\0\0\0\3abc"),
        (b"{}", END_STREAM, b"\2\0\0\0\2{}"),
        (b"x" * 258, 0, b"\0\0\0\1\2" + b"x" * 258),
    ],
)
def test_a_frame_is_flags_length_and_message(message, flags, expected):
    assert frame(message, flags) == expected


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b"", []),
        (frame(b""), [b""]),
        (frame(b"abc"), [b"abc"]),
        (frame(b"a") + frame(b"bc"), [b"a", b"bc"]),
        (frame(b"x" * LIMIT), [b"x" * LIMIT]),
    ],
)
def test_messages_are_read_however_the_body_is_cut(body, messages):
    assert read(body) == messages
    for size in (1, 2, 3, 4, 5, 6, 7):
        assert read(body, parts=[body[at : at + size] for at in range(0, len(body), size)]) == messages


@pytest.mark.parametrize(
    ("encoding", "data"),
    [(Encoding.GZIP, ABC), (Encoding.DEFLATE, zlib.compress(b"abc"))],
)
def test_a_compressed_message_is_decompressed(encoding, data):
    assert read(compressed(data) + frame(b"plain"), encoding) == [b"abc", b"plain"]


@pytest.mark.parametrize(
    ("body", "encoding", "status", "says"),
    [
        (b"\0", None, Status.INVALID_ARGUMENT, "ends inside a message"),
        (b"\0\0\0\0", None, Status.INVALID_ARGUMENT, "ends inside a message"),
        (b"\0\0\0\0\5abc", None, Status.INVALID_ARGUMENT, "ends inside a message"),
        (frame(b"abc") + b"\0\0", None, Status.INVALID_ARGUMENT, "ends inside a message"),
        (frame(b"abc", flags=2), None, Status.INVALID_ARGUMENT, "0x02"),
        (frame(b"abc", flags=0x80), None, Status.INVALID_ARGUMENT, "0x80"),
        (b"\0\xff\xff\xff\xff", None, Status.RESOURCE_EXHAUSTED, "limit of 100"),
        (frame(b"x" * (LIMIT + 1)), None, Status.RESOURCE_EXHAUSTED, "limit of 100"),
        (compressed(b"abc"), None, Status.INVALID_ARGUMENT, "no encoding is named"),
        (compressed(b"abc"), Encoding.IDENTITY, Status.INVALID_ARGUMENT, "no encoding is named"),
        (compressed(b"not gzip"), Encoding.GZIP, Status.INVALID_ARGUMENT, "not valid gzip"),
        (compressed(ABC[:-4]), Encoding.GZIP, Status.INVALID_ARGUMENT, "not valid gzip"),
        (compressed(ABC + b"more"), Encoding.GZIP, Status.INVALID_ARGUMENT, "not valid gzip"),
        (compressed(gzip.compress(ZEROS, mtime=0)), Encoding.GZIP, Status.RESOURCE_EXHAUSTED, "when decompressed"),
        (compressed(zlib.compress(ZEROS)), Encoding.DEFLATE, Status.RESOURCE_EXHAUSTED, "when decompressed"),
    ],
)
def test_a_damaged_body_is_refused(body, encoding, status, says):
    with pytest.raises(RpcError, match=says) as refused:
        read(body, encoding)
    assert refused.value.status is status


def test_a_message_too_long_is_refused_before_it_is_there():
    reader = FrameReader(LIMIT)
    with pytest.raises(ResourceExhausted):
        list(reader.feed(b"\0\0\0\0\x65"))


def test_a_gzip_bomb_is_never_unpacked():
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    reader = FrameReader(60_000, Encoding.GZIP)
    with pytest.raises(ResourceExhausted):
        list(reader.feed(compressed(bomb)))


@pytest.mark.parametrize("body", [b"", frame(b"a") + frame(b"b")])
def test_a_call_of_one_message_takes_exactly_one(body):
    with pytest.raises(RpcError, match="takes one message") as refused:
        only_frame(body, None, LIMIT)
    assert refused.value.status is Status.INVALID_ARGUMENT
