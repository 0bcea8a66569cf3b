"""Reason: why a server or a file could not be read, as logs and `health` say it."""

from __future__ import annotations

from json import JSONDecodeError


def reason(error: Exception) -> str:
    """Return what `error` says, without the numbers of the system and of Python's source."""
    if verdict := getattr(error, "verify_message", ""):  # of TLS, which is not imported for that
        return f"the certificate is not accepted: {verdict}"
    if isinstance(error, JSONDecodeError):
        return f"it is not JSON: {error}"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return where + error.strerror.lower()
    return str(error) or type(error).__name__
