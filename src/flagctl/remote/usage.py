"""Usage: which flags a server was asked for, from its metrics."""

from __future__ import annotations

import re
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import click

from flagctl.failure import Unreachable
from flagctl.printable import printable
from flagd.metrics import OTHER
from flagd.process.address import split_url

if TYPE_CHECKING:
    from collections.abc import Iterator

METRIC = "flagd_evaluations_total"
_PORT = 8014
_MAX_BYTES = 64 * 1024 * 1024
_TIMEOUT = 10.0  # seconds
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")


def evaluated(url: str) -> frozenset[tuple[str, str]]:
    """Return project and key of every flag that the server with its metrics at `url` was asked for since it started.

    Raises:
        Unreachable: there is no answer, it is not a flagd's, or it does not count every flag by itself.
    """
    address = metrics_url(url)
    try:
        text = _fetch(address)
        found = frozenset(read_evaluated(text))
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        words = why.strerror.lower() if isinstance(why, OSError) and why.strerror else why
        raise Unreachable(f"cannot read {address}: {words}") from None
    if METRIC not in text:
        raise Unreachable(f"{address} shows no {METRIC}: that is not the management port of a flagd")
    if (OTHER, OTHER) in found:
        raise Unreachable(f"{address} has more series than flagd counts one by one: a flag without one may be in use")
    return found


def read_evaluated(text: str) -> Iterator[tuple[str, str]]:
    """Yield project and flag of every series of evaluations in the Prometheus `text` that is above zero."""
    for line in text.split("\n"):
        if not line.startswith(METRIC + "{"):
            continue
        labels, _, value = line.rpartition("} ")
        if float(value.split(" ")[0]) > 0:
            found = {name: _ESCAPE.sub(_unescape, text) for name, text in _LABEL.findall(labels)}
            yield found.get("project", ""), found.get("flag", "")


def metrics_url(url: str) -> str:
    """Return `url` with scheme, port and path filled in: ``localhost`` → ``http://localhost:8014/metrics``."""
    try:
        parts = split_url(url if "://" in url else f"http://{url}", ("http", "https"))
    except ValueError:
        raise _no_url(url) from None
    port = "" if "://" in url or parts.port else f":{_PORT}"
    return f"{parts.scheme}://{parts.netloc}{port}{parts.path if parts.path.strip('/') else '/metrics'}"


def _no_url(url: str) -> click.UsageError:
    return click.UsageError(f'--metrics: "{printable(url)}" is not a URL such as http://localhost:{_PORT}/metrics')


def _fetch(address: str) -> str:
    request = Request(address, headers={"accept": "text/plain; version=0.0.4"})  # noqa: S310
    with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
        page: bytes = response.read(_MAX_BYTES + 1)
    if len(page) > _MAX_BYTES:
        raise ValueError(f"more than {_MAX_BYTES >> 20} MiB")
    return page.decode(errors="replace")


def _unescape(found: re.Match[str]) -> str:
    return "\n" if found[1] == "n" else found[1]
