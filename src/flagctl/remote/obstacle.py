"""Obstacle: why a server cannot be reached, of what gRPC says about it, in words for people."""

from __future__ import annotations

import re

_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED: (?P<why>[^:]+)")
_SYSTEM = re.compile(r"Failed to connect to remote host: (?P<why>[^()]+)")
_CUT = ("Socket closed", "Unwrap failed", "Handshake read failed")


def in_words(details: str, *, tls: bool) -> str:
    """Return what the `details` of an UNAVAILABLE mean, and what to do; `tls`: whether the call was made with it."""
    if found := _UNTRUSTED.search(details):
        return f"its certificate is not accepted: {found['why']}; --tls-ca names the certificates to trust"
    if "Hostname Verification Check failed" in details:
        return "its certificate is for another name; --tls-server-name says which one to expect"
    if "WRONG_VERSION_NUMBER" in details:
        return "it does not speak TLS; leave the TLS options out"
    if "Domain name not found" in details:
        return "there is no such host"
    if found := _SYSTEM.search(details):
        return found["why"].strip().lower()
    if any(sign in details for sign in _CUT):
        hint = "it may want a client certificate: --tls-cert" if tls else "does it want --tls?"
        return f"the connection was cut; {hint}"
    return details
