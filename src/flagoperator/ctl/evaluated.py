"""Evaluated: which flags a server was asked for, from its metrics."""

from __future__ import annotations

import re
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from flagoperator.ctl.failure import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

METRIC = "flagd_evaluations_total"
_PORT = 8014
_MAX_BYTES = 256 * 1024 * 1024
_TIMEOUT = 10.0  # seconds
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def evaluated(url: str) -> frozenset[tuple[str, str]]:
    """Return project and key of every flag that the server with its metrics at `url` was asked for since it started.

    Raises:
        Unreachable: there is no answer, or it is not a flagd's.
    """
    address = _metrics_url(url)
    request = Request(address, headers={"accept": "text/plain; version=0.0.4"})  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
            text = response.read(_MAX_BYTES + 1).decode(errors="replace")
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"cannot read {address}: {getattr(error, 'reason', None) or error}") from None
    if METRIC not in text:
        raise Unreachable(f"{address} shows no {METRIC}: it is not the management port of a flagd")
    return frozenset(read_evaluated(text))


def read_evaluated(text: str) -> Iterator[tuple[str, str]]:
    """Yield project and flag of every series of evaluations in the Prometheus `text` that is above zero."""
    for line in text.splitlines():
        name, brace, rest = line.partition("{")
        labels, _, value = rest.rpartition("} ")
        if name != METRIC or not brace or float(value.split()[0]) <= 0:
            continue
        found = {
            label: re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), text)
            for label, text in _LABEL.findall(labels)
        }
        yield found.get("project", ""), found.get("flag", "")


def _metrics_url(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.UsageError(f'--metrics: "{url}" is not a URL such as http://localhost:{_PORT}/metrics')
    default_port = "" if "://" in url or parts.port else f":{_PORT}"
    return f"{parts.scheme}://{parts.netloc}{default_port}{parts.path if parts.path.strip('/') else '/metrics'}"
