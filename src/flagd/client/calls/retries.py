"""Retries: whether a call that failed is tried again: a few times, and not by everybody while a server is down.

As gRPC's retry throttling: each failure costs a token, each success gives a tenth of one back, and with half of the
tokens gone nothing is tried again.
Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
"""

from __future__ import annotations

import random

ATTEMPTS = 3
LEAST_SECONDS, MOST_SECONDS = 0.02, 0.2
MOST_TOKENS, TOKEN_RATIO = 10.0, 0.1


class Retries:
    """One per client. Threads may count at once: a token more or less does not matter."""

    def __init__(self) -> None:
        self._tokens = MOST_TOKENS

    def succeeded(self) -> None:
        """Count a call that was answered."""
        self._tokens = min(MOST_TOKENS, self._tokens + TOKEN_RATIO)

    def failed(self, attempt: int) -> float | None:
        """Count a failure, the `attempt`-th in a row; return how long to wait before the next, None = give up."""
        self._tokens = max(0.0, self._tokens - 1)
        if attempt >= ATTEMPTS or self._tokens <= MOST_TOKENS / 2:
            return None
        return random.uniform(0, min(MOST_SECONDS, LEAST_SECONDS * 2.0 ** (attempt - 1)))  # noqa: S311 - spreads load
