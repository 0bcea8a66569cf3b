"""What a token says of itself, whatever it is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from flagoperator.cluster.token_claims import TokenClaims, read_claims

NEVER = float("inf")


def token(claims: Any) -> str:
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": ["flagoperator"], "exp": 1700000000}, TokenClaims(("flagoperator",), 1.7e9)),
        ({"aud": "flagoperator", "exp": 1.5}, TokenClaims(("flagoperator",), 1.5)),
        ({"aud": ["a", 7, "b"], "sub": "ü?>"}, TokenClaims(("a", "b"), NEVER)),
        ({"aud": {"a": 1}, "exp": "soon"}, TokenClaims((), NEVER)),
        ({}, TokenClaims((), NEVER)),
    ],
)
def test_audiences_and_expiry_are_read(claims: dict[str, Any], expected: TokenClaims):
    assert read_claims(token(claims)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "opaque", "a.b", "a.b.c.d", "..", "e30.%%%.x", "e30.a.x", "e30.ü.x"]
    + [token(payload) for payload in (b"no json", b"\xff", b"[" * 2000, [], "text", None)],
)
def test_what_is_no_web_token_is_none(text: str):
    assert read_claims(text) is None
