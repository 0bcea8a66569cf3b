"""Outage: why a server was not reached, in words for people."""

from __future__ import annotations

import os
import re
import ssl

# aiohttp names the object that checks certificates in its texts.
_TLS_OBJECT = re.compile(r" ssl:(?:<[^>]*>|\w+)")


def outage(error: Exception) -> str:
    """Return in one line what `error`, of aiohttp or of the system, says."""
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    cause = getattr(error, "os_error", None)  # of a connection that was not made; its text is a tuple of Python's
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and (cause.errno or 0) > 0:
        address = f"{getattr(error, 'host', '')}:{getattr(error, 'port', '')}"
        return f"cannot connect to {address}: {os.strerror(cause.errno or 0)}"
    return " ".join(_TLS_OBJECT.sub("", str(error)).split()) or type(error).__name__
