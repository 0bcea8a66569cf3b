"""Reviewer: asks the API server about tokens, no more often than it can bear, whoever shows how many."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable, Callable

    from flagoperator.cluster.token_review import TokenReview

log = logging.getLogger(__name__)
FRESH_SECONDS = 10.0
"""How long an answer holds, good or bad. The API server itself remembers good ones for as long."""
ANSWERS = 1024
AT_ONCE = 4
WAITING = 100
BURST = 100
PER_SECOND = 20.0
PATIENCE_SECONDS = 10.0
"""How long a caller waits for its turn and the answer."""
AWAY_SECONDS = 5.0
"""How long nothing is asked after the API server could not answer."""
_ALL = {0, 401, 403, 429}
"""Statuses below 500 that any other token would get as well."""


class ReviewError(Exception):
    """Whose a token is cannot be found out now; the text says why."""


class Reviewer:
    """Asks about each token once, and remembers the answer for a moment."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[TokenReview]],
        counts: Counter[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ask` returns what the API server says of a token, or raises ApiError; `counts` is by result."""
        self._ask = ask
        self._counts = counts
        self._clock = clock
        self._answers: OrderedDict[bytes, tuple[float, TokenReview]] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[TokenReview]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._credit, self._counted_at = float(BURST), clock()
        self._away_until = float("-inf")
        self._away = False

    async def review(self, token: str) -> TokenReview:
        """Return what is known of `token`. Raises ReviewError when that cannot be found out now."""
        digest = fingerprint(token)
        until, answer = self._answers.get(digest, (float("-inf"), None))
        if answer is not None and self._clock() < until:
            return answer
        task = self._asking.get(digest) or self._begin(digest, token)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                # Shielded: others may wait for the same answer.
                return await asyncio.shield(task)
        except TimeoutError:
            raise ReviewError("no answer in time") from None

    def _begin(self, digest: bytes, token: str) -> asyncio.Task[TokenReview]:
        self._check_away()
        now = self._clock()
        self._credit = min(BURST, self._credit + (now - self._counted_at) * PER_SECOND)
        self._counted_at = now
        if len(self._asking) >= WAITING or self._credit < 1:
            self._counts["postponed"] += 1
            raise ReviewError("too many tokens to review")
        self._credit -= 1
        task = self._asking[digest] = asyncio.create_task(self._find(digest, token), name="token review")
        task.add_done_callback(lambda done: self._ended(digest, done))
        return task

    async def _find(self, digest: bytes, token: str) -> TokenReview:
        async with self._turn:
            self._check_away()
            try:
                answer = await self._ask(token)
            except ApiError as error:
                self._counts["failed"] += 1
                if error.status in _ALL or error.status >= 500:
                    self._gone(error)
                raise ReviewError(str(error)) from error
        self._back()
        self._counts["authenticated" if answer.user else "refused"] += 1
        self._answers[digest] = (self._clock() + FRESH_SECONDS, answer)
        self._answers.move_to_end(digest)
        while len(self._answers) > ANSWERS:
            self._answers.popitem(last=False)
        return answer

    def _ended(self, digest: bytes, task: asyncio.Task[TokenReview]) -> None:
        del self._asking[digest]
        if not task.cancelled():
            task.exception()  # looked at, in case that everybody who waited has left

    def _check_away(self) -> None:
        if self._clock() < self._away_until:
            raise ReviewError("the API server could not answer a moment ago")

    def _gone(self, error: ApiError) -> None:
        self._away_until = self._clock() + AWAY_SECONDS
        if not self._away:
            log.error("tokens cannot be reviewed: %s", error)
        self._away = True

    def _back(self) -> None:
        if self._away:
            log.info("tokens are reviewed again")
        self._away = False


def fingerprint(token: str) -> bytes:
    """Return what a token is remembered by: not itself."""
    return hashlib.sha256(token.encode()).digest()
