"""Address: what ``host:port`` and URLs say without a look at the network."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection
    from urllib.parse import SplitResult

MOST_HOST = 253
"""Characters of a name, by DNS."""
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_NAMED_PORT = re.compile(r":[^]:]*$")
_LABEL = re.compile(r"[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)


def split_address(address: str) -> tuple[str, int]:
    """Return host, without brackets, and port of `address`: ``host:port``, IPv6 hosts in brackets.

    Raises:
        ValueError: nobody could listen there or connect to it.
    """
    host, _, port = address.rpartition(":")
    if not _PORT.fullmatch(port) or int(port) >= 1 << 16:
        raise ValueError(f"{address!r} has no port")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if (":" in bare) is not (bare != host) or not is_host(bare):
        raise ValueError(f"{address!r} has no host")
    return bare, int(port)


def with_port(address: str, port: int) -> str:
    """Return `address` (``host`` or ``host:port``), with `port` where it names none."""
    return address if _NAMED_PORT.search(address) else f"{address}:{port}"


def split_url(url: str, schemes: Collection[str], *, login: bool = False) -> SplitResult:
    """Return the parts of `url`: one of `schemes`, a host, and maybe a port, a path and a query.

    Args:
        url: what was given.
        schemes: those that are allowed.
        login: whether a user and a password may stand before the host.

    Raises:
        ValueError: it is not such a URL.
    """
    if not url.isprintable() or url != url.strip():
        raise ValueError("not a URL: it has spaces around it or characters that cannot be printed")
    parts = urlsplit(url)  # raises ValueError of brackets
    if parts.scheme not in schemes or ("@" in parts.netloc and not login) or "\\" in url:
        raise ValueError("not such a URL")
    if not split_address(with_port(parts.netloc.rpartition("@")[2], 1))[1]:
        raise ValueError("not a URL of a port that can be connected to")
    return parts


def is_host(text: str) -> bool:
    """Return whether `text` is a name that could be looked up, or an IP address; IPv6 ones without brackets."""
    if ":" in text:
        try:
            ipaddress.IPv6Address(text)
        except ValueError:
            return False
        return True
    try:
        name = text if text.isascii() else text.encode("idna").decode()
    except UnicodeError:
        return False
    return len(name) <= MOST_HOST and all(map(_LABEL.fullmatch, name.removesuffix(".").split(".")))


def is_loopback(address: str) -> bool:
    """Return whether only this machine can be behind `address` (``host:port``, IPv6 hosts in brackets)."""
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
