from __future__ import annotations

import socket

import pytest

from flagd.process.port.listening import check_free


def test_an_address_that_can_be_had_is_fine() -> None:
    check_free("127.0.0.1:0")
    check_free("localhost:0")


def test_one_that_cannot_is_an_error_that_names_it_and_says_why() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=f"^cannot listen on {address}: address already in use$"):
            check_free(address)
    with pytest.raises(OSError, match=r"^cannot listen on 192\.0\.2\.1:0: cannot assign requested address$"):
        check_free("192.0.2.1:0")
    with pytest.raises(OSError, match=r"^cannot listen on no-such-host\.invalid:1: [a-z][-a-z ]*$"):
        check_free("no-such-host.invalid:1")
