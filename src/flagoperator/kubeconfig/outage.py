"""Outage: why a server was not reached, in words for people."""

from __future__ import annotations

import re

# aiohttp names the object that checks certificates in its texts.
_TLS_OBJECT = re.compile(r" ssl:(?:<[^>]*>|\w+)")


def outage(error: Exception) -> str:
    """Return in one line what `error`, of aiohttp or of the system, says."""
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    return " ".join(_TLS_OBJECT.sub("", str(error)).split()) or type(error).__name__
