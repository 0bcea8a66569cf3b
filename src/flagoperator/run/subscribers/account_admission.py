"""AccountAdmission: which ServiceAccounts may subscribe, by what the API server says of their tokens."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from flagd.rpc.status import PermissionDenied, Unauthenticated, Unavailable
from flagd.sync.publisher import bearer_token
from flagoperator.cluster.token_claims import read_claims
from flagoperator.run.subscribers.reviewer import ReviewError, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flagd.rpc.method import Call
    from flagd.rpc.status import RpcError
    from flagd.sync.publisher.subscribers import RoleName
    from flagoperator.cluster.token_claims import TokenClaims
    from flagoperator.cluster.token_review import TokenReview
    from flagoperator.run.subscribers.reviewer import Reviewer

log = logging.getLogger(__name__)
TOKEN_BYTES = 8 * 1024
LEEWAY_SECONDS = 60.0
"""How far the clock of the API server may be behind ours."""
KNOWN = 4096
KNOWN_SECONDS = 24 * 3600.0
"""How long a token that was admitted is admitted again while the API server cannot be asked, unless it expires."""
QUIET_SECONDS = 10.0
"""Time between two lines of log about refusals."""


class AccountAdmission:
    """Admits the ServiceAccounts that it was given."""

    def __init__(
        self,
        reviewer: Reviewer,
        audience: str,
        accounts: Iterable[tuple[str, str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Admit `accounts` (namespace and name) that show a token for `audience`; `clock` is in seconds since 1970."""
        self._reviewer = reviewer
        self._audience = audience
        self._users = frozenset(f"system:serviceaccount:{namespace}:{name}" for namespace, name in accounts)
        self._clock = clock
        self._known = _Known()
        self._refusals = _Refusals(clock)

    async def admit(self, role: RoleName, name: str, call: Call) -> None:
        """Return if the caller is an account that may subscribe; a replica must be the pod that its token is for.

        Raises:
            Unauthenticated: no token, or one that is worth nothing.
            PermissionDenied: a good token, of another account or of another pod.
            Unavailable: the API server cannot be asked, and the token is not known.
        """
        token = bearer_token(call)
        claims = self._checked(token, name)
        review = await self._review(token, claims, name)
        if role == "replica" and review.pod and review.pod != name:
            text = f"the token is for the pod {review.pod}, not for {name!r}: flagd serve --name must be its pod's"
            raise self._refusals.told(name, PermissionDenied(text))

    def _checked(self, token: str, name: str) -> TokenClaims:
        """Return what the token says of itself; refuse without asking anybody what would be refused anyway."""
        if not token or len(token.encode()) > TOKEN_BYTES or (claims := read_claims(token)) is None:
            text = (
                f"a ServiceAccount token for the audience {self._audience} is required: authorization: Bearer <token>"
            )
            raise self._refusals.told(name, Unauthenticated(text))
        if self._audience not in claims.audiences:
            text = f"the ServiceAccount token is not for the audience {self._audience}"
            raise self._refusals.told(name, Unauthenticated(text))
        if claims.expires < self._clock() - LEEWAY_SECONDS:
            raise self._refusals.told(name, Unauthenticated("the ServiceAccount token has expired"))
        return claims

    async def _review(self, token: str, claims: TokenClaims, name: str) -> TokenReview:
        digest = fingerprint(token)
        try:
            review = await self._reviewer.review(token)
        except ReviewError as error:
            known = self._known.find(digest, self._clock())
            if known is None:
                text = "the token cannot be reviewed now; try again"
                raise self._refusals.told(name, Unavailable(text), str(error)) from None
            return known
        if not review.user:
            self._known.forget(digest)
            text = "the API server does not accept the ServiceAccount token"
            raise self._refusals.told(name, Unauthenticated(text), review.error)
        if review.user not in self._users:
            text = f"{review.user} is not among the operator's --subscribers"
            raise self._refusals.told(name, PermissionDenied(text))
        self._known.remember(digest, review, min(claims.expires, self._clock() + KNOWN_SECONDS))
        return review


class _Known:
    """Tokens that were admitted, by their hash, for when the API server cannot be asked."""

    def __init__(self) -> None:
        self._reviews: OrderedDict[bytes, tuple[TokenReview, float]] = OrderedDict()

    def find(self, digest: bytes, now: float) -> TokenReview | None:
        review, until = self._reviews.get(digest, (None, now))
        return review if now < until else None

    def remember(self, digest: bytes, review: TokenReview, until: float) -> None:
        self._reviews[digest] = (review, until)
        self._reviews.move_to_end(digest)
        while len(self._reviews) > KNOWN:
            self._reviews.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        self._reviews.pop(digest, None)


class _Refusals:
    """Says in the log who is refused, now and then: callers cannot fill it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said_at = float("-inf")
        self._unsaid = 0

    def told(self, name: str, error: RpcError, detail: str = "") -> RpcError:
        """Return `error`, for it to be raised; `detail` is for the log alone."""
        now = self._clock()
        if abs(now - self._said_at) < QUIET_SECONDS:
            self._unsaid += 1
            return error
        more = f"; {self._unsaid} more since the last such line" if self._unsaid else ""
        log.warning("subscriber %r is refused: %s%s%s", name, error.message, f" ({detail})" if detail else "", more)
        self._said_at, self._unsaid = now, 0
        return error
