"""Proxy: through which proxy the API server is reached, as kubectl would: `proxy-url`, else the environment.

https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flagd.process.address import split_url
from flagoperator.kubeconfig.fault import ConnectionSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMES = ("http", "https")
DEFAULT_PORTS = {"http": 80, "https": 443}


def proxy_of(server: str, given: str, environment: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy for `server`; None = without one. `given` is `proxy-url`, empty where absent.

    Raises ConnectionSettingsError.
    """
    if given:
        return _checked(given, "proxy-url")
    scheme = urlsplit(server).scheme
    for name in (f"{scheme.upper()}_PROXY", f"{scheme}_proxy"):
        if url := environment.get(name):
            excepted = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
            if is_excepted(server, excepted):
                return None
            return _checked(url if "://" in url else f"http://{url}", name)
    return None


def _checked(url: str, name: str) -> str:
    try:
        split_url(url, SCHEMES, login=True)
    except ValueError:
        shown = url.rpartition("@")[2]  # without a password
        raise ConnectionSettingsError(
            f"{name}: {shown!r} is not supported as a proxy; http://HOST:PORT and https://HOST:PORT are"
        ) from None
    return url


def is_excepted(server: str, excepted: str) -> bool:
    """Return whether `server` is reached directly: it is on this machine, or `excepted` (NO_PROXY) names it."""
    parts = urlsplit(server)
    host = (parts.hostname or "").rstrip(".").lower()
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    names = [each.strip().lower() for each in excepted.split(",") if each.strip()]
    return any(name == "*" or _meets(name, host, port, address) for name in names)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _meets(name: str, host: str, port: int, address: Address | None) -> bool:
    if "/" in name:
        return address is not None and _contains(name, address)
    if _address(name) is None and ":" in name:
        name, _, wanted = name.rpartition(":")
        if wanted != str(port):
            return False
    name = name.strip("[]")
    if (exact := _address(name)) is not None:
        return exact == address
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _contains(network: str, address: Address) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
