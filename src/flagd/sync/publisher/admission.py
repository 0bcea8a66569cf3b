"""Admission: which callers may have whole rulesets, hashes of deployment keys included."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Protocol

from flagd.rpc.status import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from flagd.rpc.method import Call
    from flagd.sync.publisher.subscribers import RoleName

UNAUTHENTICATED = "a valid token is required: authorization: Bearer <token>"
_SCHEME = "bearer "


class Admission(Protocol):
    """Decides on subscribers of role replica and operator. Clients are admitted by their deployment key instead."""

    async def admit(self, role: RoleName, name: str, call: Call) -> None:
        """Return if the caller may be what it says it is.

        Raises:
            Unauthenticated: it does not say who it is, or lies.
            PermissionDenied: it is known, and may not.
            Unavailable: this cannot be found out now.
        """


class TokenAdmission:
    """Admits anyone who shows one of the tokens, as ``authorization: Bearer <token>``."""

    def __init__(self, tokens: Callable[[], Collection[str]] | None) -> None:
        """Ask `tokens` for those that hold now, at every stream; None admits everybody."""
        self._tokens = tokens

    async def admit(self, role: RoleName, name: str, call: Call) -> None:  # noqa: ARG002
        """Return if the caller shows a token that holds; raise Unauthenticated if not."""
        if self._tokens is None:
            return
        token = bearer_token(call)
        # Every token is compared, so that the time taken tells nothing.
        matches = [hmac.compare_digest(token.encode(), each.encode()) for each in self._tokens()]
        if not token or not any(matches):
            raise Unauthenticated(UNAUTHENTICATED)


def bearer_token(call: Call) -> str:
    """Return the token that the caller shows as ``authorization: Bearer <token>``; "" without one."""
    shown = call.metadata.get("authorization", "")
    return shown[len(_SCHEME) :].strip() if shown[: len(_SCHEME)].lower() == _SCHEME else ""
