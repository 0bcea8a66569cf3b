"""Encodings of messages: which are read, and what others are told."""

import gzip

import pytest

from flagd.rpc.status import Unimplemented
from flagd.transport.asgi.compression import Encoding, compress, parse_encoding


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (None, None),
        (b"identity", Encoding.IDENTITY),
        (b"gzip", Encoding.GZIP),
        (b"GZIP", Encoding.GZIP),
        (b"deflate", Encoding.DEFLATE),
    ],
)
def test_a_known_encoding_is_taken(header, encoding):
    assert parse_encoding(header) is encoding


@pytest.mark.parametrize("header", [b"", b"br", b"snappy", b"\xff\xfe", b"gzip,deflate"])
def test_an_unknown_encoding_is_refused_with_those_that_are_known(header):
    with pytest.raises(Unimplemented, match="identity,gzip,deflate"):
        parse_encoding(header)


def test_what_is_compressed_is_gzip():
    assert gzip.decompress(compress(b"abc" * 1000)) == b"abc" * 1000
