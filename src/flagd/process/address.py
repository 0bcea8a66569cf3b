"""Address: what ``host:port`` says without a look at the network."""

from __future__ import annotations

import ipaddress


def is_loopback(address: str) -> bool:
    """Return whether only this machine can be behind `address` (``host:port``, IPv6 hosts in brackets)."""
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
