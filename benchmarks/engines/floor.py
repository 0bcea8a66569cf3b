"""The least that such a decision can cost in Python: one murmur3 and one comparison."""

from __future__ import annotations

import mmh3

from benchmarks.engines import asked

MIDDLE = 21_474_837


class Decider:
    """One hash of salt and user, one comparison. It checks no country."""

    def __init__(self, flags: int) -> None:
        self._prefix = f"{asked(flags)}/"

    def context(self, user_id: str, country: str) -> str:  # noqa: ARG002
        return user_id

    def variant(self, context: str) -> str:
        return "a" if mmh3.hash(self._prefix + context, 0, False) // 100 < MIDDLE else "b"

    def loop(self, contexts: list[str]) -> None:
        variant = self.variant
        for context in contexts:
            variant(context)
