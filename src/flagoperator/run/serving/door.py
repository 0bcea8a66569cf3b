"""Door: who may be told what is served: whoever may get the flags, by what the API server says of their token."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from flagoperator.cluster.access_review import may_get_flags
from flagoperator.cluster.token_review import review_token
from flagoperator.run.subscribers.reviewer import Reviewer, ReviewError

if TYPE_CHECKING:
    from flagoperator.cluster.api import Api
    from flagoperator.cluster.token_review import TokenReview

LONGEST_NAME = 63
_BEARER = "bearer"


class DoorError(Exception):
    """The caller is told nothing.

    Attributes:
        status: of the answer.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Door:
    """Asks about a caller before anything is done for them. How often it asks is bounded as for subscribers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._reviewer = Reviewer(self._review, Counter())

    async def check(self, authorization: str, namespace: str) -> None:
        """Return if the caller may get flags in `namespace`; empty = in all. Raises DoorError if not."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != _BEARER or not token.strip():
            raise DoorError(HTTPStatus.UNAUTHORIZED, "send the token of a user of the cluster: Authorization: Bearer")
        if len(namespace) > LONGEST_NAME:
            raise DoorError(HTTPStatus.BAD_REQUEST, "namespace: is longer than a namespace is")
        try:
            review = await self._reviewer.review(f"{namespace} {token.strip()}")
        except ReviewError as error:
            raise DoorError(HTTPStatus.SERVICE_UNAVAILABLE, f"the token cannot be reviewed now: {error}") from None
        if not review.user:
            raise DoorError(HTTPStatus.UNAUTHORIZED, "the API server does not accept the token")
        if review.error:
            raise DoorError(HTTPStatus.FORBIDDEN, review.error)

    async def _review(self, asked: str) -> TokenReview:
        namespace, _, token = asked.partition(" ")
        review = await review_token(self._api, token)
        if not review.user or await may_get_flags(self._api, review.person, namespace):
            return review
        return replace(review, error=f"{review.user} may not get flags in {namespace or 'all namespaces'}")
