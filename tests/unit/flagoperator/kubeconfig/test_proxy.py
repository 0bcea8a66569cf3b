"""Which servers are reached past the proxy. What kubectl does of it is held to in tests/cluster."""

from __future__ import annotations

import pytest

from flagoperator.kubeconfig.fault import ConnectionSettingsError
from flagoperator.kubeconfig.proxy import is_excepted, proxy_of


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


def test_a_proxy_may_ask_for_a_password():
    assert proxy_of("https://k", "http://ann:secret@proxy:3128", {}) == "http://ann:secret@proxy:3128"


@pytest.mark.parametrize("url", ["http://ann:secret@proxy:99999", "socks5://proxy:1", "http://"])
def test_what_is_no_proxy_is_refused_without_its_password(url: str):
    with pytest.raises(ConnectionSettingsError, match="is not supported as a proxy") as refused:
        proxy_of("https://k", url, {})
    assert "secret" not in str(refused.value)
