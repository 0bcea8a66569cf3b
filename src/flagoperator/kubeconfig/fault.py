"""Fault: why there is no way to an API server.

Exception
 ├─ ConnectionSettingsError   what was configured cannot be used, whoever asks
 └─ CredentialError           there is no proof of who we are just now; a later attempt may have one
"""

from __future__ import annotations


class ConnectionSettingsError(Exception):
    """There is no usable way to an API server; the text says what was tried."""


class CredentialError(Exception):
    """Nothing shows who we are at the moment; the text says why, and what would help."""
