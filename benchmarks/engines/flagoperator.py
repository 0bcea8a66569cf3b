"""Our engine: `Engine.variant` on contexts built beforehand."""

from __future__ import annotations

from typing import Any

from benchmarks.engines import asked, flag_keys
from benchmarks.scenario import (
    country_flag,
    last_segment_context,
    mixed_context,
    mixed_flag,
    segments_flag,
    static_flag,
)
from flagd.engine import Engine


class Decider:
    """See benchmarks.engines.Decider."""

    flag = staticmethod(country_flag)

    def __init__(self, flags: int) -> None:
        self._engine = Engine([self.flag(key) for key in flag_keys(flags)])
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> dict[str, Any]:
        return {"user": {"user_id": user_id, "country": country}}

    def variant(self, context: dict[str, Any]) -> str | None:
        variant = self._engine.variant(context, self._key)
        return None if variant is None or variant.key == "off" else variant.key

    def loop(self, contexts: list[dict[str, Any]]) -> None:
        variant, key = self._engine.variant, self._key
        for context in contexts:
            variant(context, key)


class Segments(Decider):
    """10 segments of 3 conditions, of which the last matches."""

    flag = staticmethod(segments_flag)

    def context(self, user_id: str, country: str) -> dict[str, Any]:
        return last_segment_context(user_id, country)


class Mixed(Decider):
    """10 segments of a list, a version and a number, of which the last matches."""

    flag = staticmethod(mixed_flag)

    def context(self, user_id: str, country: str) -> dict[str, Any]:
        return mixed_context(user_id, country)


class Static(Decider):
    """A flag that is the same for everybody."""

    flag = staticmethod(static_flag)


class AllFlags(Decider):
    """Every flag for one user."""

    def loop(self, contexts: list[dict[str, Any]]) -> None:
        evaluate = self._engine.evaluate
        for context in contexts:
            evaluate(context)
