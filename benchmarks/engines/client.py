"""Our client, evaluating in its own process: `FlagClient.variant` for users made beforehand."""

from __future__ import annotations

from typing import Any, cast

from benchmarks.engines import asked, flag_keys
from benchmarks.scenario import country_flag
from flagd.client import FlagClient, User


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        self._client = FlagClient(
            bootstrap=cast("list[dict[str, Any]]", [country_flag(key) for key in flag_keys(flags)])
        )
        self._client.wait_ready()
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> User:
        return User(user_id, country=country)

    def variant(self, context: User) -> str | None:
        variant = self._client.variant(self._key, context)
        return None if variant.key == "off" else variant.key

    def loop(self, contexts: list[User]) -> None:
        variant, key = self._client.variant, self._key
        for context in contexts:
            variant(key, context)
