"""Frames: what a stream may hold, and how it may end."""

import io
import json

import pytest

from flagd.client.calls.frames import END_BYTES, frame, read_frames
from flagd.rpc.call_failed import CallFailed

LIMIT = 100


def _end(**outcome):
    data = json.dumps(outcome).encode()
    return b"\2" + len(data).to_bytes(4, "big") + data


def _read(data, expect=lambda _: None):
    return list(read_frames(io.BytesIO(data), LIMIT, expect))


def test_messages_come_one_by_one_and_their_sizes_before_them():
    sizes = []
    assert _read(frame(b"one") + frame(b"") + _end(), sizes.append) == [b"one", b""]
    assert sizes[:5] == [0, 3, 0, 0, 0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut off"),
        (b"\0\0", "cut off"),
        (frame(b"whole") + frame(b"half")[:-1], "cut off"),
        (b"\0" + (LIMIT + 1).to_bytes(4, "big"), "at most 100"),
        (b"\2" + (END_BYTES + 1).to_bytes(4, "big"), "was announced"),
        (b"\0\xff\xff\xff\xff", "4294967295 bytes"),
        (b"\1\0\0\0\1a", "compressed"),
        (b"\2\0\0\0\1[", "not an outcome"),
        (b"\2\0\0\0\2[]", "not an outcome"),
        (_end(error={"code": 5}), "not an outcome"),
        (_end(error="no"), "not an outcome"),
        (_end(error={"code": "not_found", "message": "unknown project"}), "NOT_FOUND: unknown project"),
        (b"<html>nothing of ours</html>", "was announced"),
    ],
)
def test_a_stream_that_is_not_one_or_ends_badly_says_why(data, why):
    with pytest.raises(CallFailed, match=why):
        _read(data)
