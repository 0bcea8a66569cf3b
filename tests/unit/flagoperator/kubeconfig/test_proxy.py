"""Which servers are reached past the proxy. What kubectl does of it is held to in tests/cluster."""

from __future__ import annotations

import pytest

from flagoperator.kubeconfig.proxy import is_excepted


@pytest.mark.parametrize(
    ("server", "excepted", "direct"),
    [
        ("https://10.1.2.3:6443", "", False),
        ("https://10.1.2.3:6443", "10.1.2.3", True),
        ("https://10.1.2.3:6443", "10.0.0.0/8", True),
        ("https://10.1.2.3:6443", "11.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://10.1.2.3:6443", "10.1.2.3:443", False),
        ("https://[fd00::1]:6443", "fd00::/8", True),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", True),
        ("https://[fd00::1]:6443", "[fd00::1]:443", False),
        ("https://10.1.2.3", "10.1.2.3:443", True),
        ("http://10.1.2.3", "10.1.2.3:80", True),
        ("https://[::1]:6443", "", True),
        ("https://127.9.9.9", "", True),
        ("https://LOCALHOST:6443", "", True),
        ("https://api.example.com.", "example.com", True),
    ],
)
def test_addresses_networks_and_ports_are_excepted(server: str, excepted: str, direct: bool):
    assert is_excepted(server, excepted) is direct
