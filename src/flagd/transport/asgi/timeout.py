"""Timeout: how long callers are willing to wait, as headers say it."""

from __future__ import annotations

import re

from flagd.rpc.status import DeadlineExceeded, InvalidArgument

_SECONDS = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}
_GRPC = re.compile(rb"([0-9]{1,8})([HMSmun])")
_CONNECT = re.compile(rb"[0-9]{1,10}")


def parse_grpc_timeout(header: bytes | None) -> float | None:
    """Return the seconds that ``grpc-timeout`` allows: at most 8 digits and a unit of H, M, S, m, u, n.

    Raises:
        InvalidArgument: any other text.
        DeadlineExceeded: no time at all.
    """
    if header is None:
        return None
    match = _GRPC.fullmatch(header)
    if match is None:
        raise InvalidArgument("grpc-timeout: 1 to 8 digits and one of H, M, S, m, u, n are needed")
    return _some(int(match[1]) * _SECONDS[match[2]])


def parse_connect_timeout(header: bytes | None) -> float | None:
    """Return the seconds that ``connect-timeout-ms`` allows: at most 10 digits of milliseconds.

    Raises:
        InvalidArgument: any other text.
        DeadlineExceeded: no time at all.
    """
    if header is None:
        return None
    if _CONNECT.fullmatch(header) is None:
        raise InvalidArgument("connect-timeout-ms: 1 to 10 digits are needed")
    return _some(int(header) / 1000)


def _some(seconds: float) -> float:
    if seconds <= 0:
        raise DeadlineExceeded("the deadline has passed")
    return seconds
