"""Listening: whether an address can be listened on, and why not."""

from __future__ import annotations

import os
import socket

from flagd.process.address import split_address


def check_free(address: str) -> None:
    """Raise OSError, in words, where `address` (``host:port``) cannot be listened on now."""
    host, port = split_address(address)
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(where)
    except OSError as error:
        raise cannot_listen(address, error) from None


def cannot_listen(address: str, error: OSError) -> OSError:
    """Return the error that says that nobody can listen on `address`, because of `error`."""
    number = error.errno or 0  # those of names that nobody knows are negative, and mean nothing to `strerror`
    reason = os.strerror(number) if number > 0 else error.strerror or str(error)
    return OSError(f"cannot listen on {address}: {reason.lower()}")
