"""Timeouts, as gRPC and Connect write them."""

import pytest

from flagd.rpc.status import DeadlineExceeded, InvalidArgument
from flagd.transport.asgi.timeout import parse_connect_timeout, parse_grpc_timeout


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        (b"1H", 3600),
        (b"2M", 120),
        (b"3S", 3),
        (b"250m", 0.25),
        (b"10u", 0.00001),
        (b"99999999n", 0.099999999),
    ],
)
def test_grpc_timeout_is_digits_and_a_unit(header, seconds):
    assert parse_grpc_timeout(header) == pytest.approx(seconds)


@pytest.mark.parametrize("header", [b"", b"1", b"S", b"123456789S", b"-1S", b"1.5S", b"1 S", b"1s", b"1S\n", b"\xb2S"])
def test_any_other_grpc_timeout_is_refused(header):
    with pytest.raises(InvalidArgument, match="grpc-timeout"):
        parse_grpc_timeout(header)


@pytest.mark.parametrize(("header", "seconds"), [(None, None), (b"250", 0.25), (b"9999999999", 9999999.999)])
def test_connect_timeout_is_milliseconds(header, seconds):
    assert parse_connect_timeout(header) == seconds


@pytest.mark.parametrize("header", [b"", b"-1", b"1.5", b"12345678901", b"1s", b"\xb2"])
def test_any_other_connect_timeout_is_refused(header):
    with pytest.raises(InvalidArgument, match="connect-timeout-ms"):
        parse_connect_timeout(header)


@pytest.mark.parametrize(("parse", "header"), [(parse_grpc_timeout, b"0n"), (parse_connect_timeout, b"0")])
def test_no_time_at_all_is_a_deadline_that_has_passed(parse, header):
    with pytest.raises(DeadlineExceeded):
        parse(header)
