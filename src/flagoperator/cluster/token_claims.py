"""TokenClaims: what a ServiceAccount's token says of itself. Unverified: good for refusing, never for admitting."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """The claims that matter here.

    Attributes:
        audiences: whom it is for.
        expires: until when it is good, in seconds since 1970; infinite where it does not say.
    """

    audiences: tuple[str, ...]
    expires: float


def read_claims(token: str) -> TokenClaims | None:
    """Return what `token` says of itself; None when it is not a JSON Web Token, as those of ServiceAccounts are.

    https://datatracker.ietf.org/doc/html/rfc7519#section-4.1
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = orjson.loads(base64.b64decode(f"{parts[1]}===", altchars=b"-_"))
    except (binascii.Error, ValueError):  # orjson's error is a ValueError, and so is text that is not ASCII
        return None
    if not isinstance(claims, dict):
        return None
    audiences, expires = claims.get("aud"), claims.get("exp")
    if isinstance(audiences, str):
        audiences = [audiences]
    found = [each for each in audiences if isinstance(each, str)] if isinstance(audiences, list) else []
    return TokenClaims(tuple(found), float(expires) if isinstance(expires, int | float) else float("inf"))
