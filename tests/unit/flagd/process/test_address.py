import pytest

from flagd.process.address import is_loopback


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("localhost:1", True),
        ("127.0.0.1:1", True),
        ("127.9.9.9:1", True),
        ("[::1]:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("10.0.0.1:1", False),
        ("localhost.example:1", False),
        ("flagd:1", False),
    ],
)
def test_only_this_machine_is_behind_a_loopback_address(address, loopback):
    assert is_loopback(address) is loopback
