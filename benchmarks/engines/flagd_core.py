"""openfeature-flagd-core: `resolve_string_value` with an evaluation context built beforehand."""

from __future__ import annotations

from typing import Any

from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

from benchmarks.engines import COUNTRIES, asked, flag_keys


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        self._core = FlagdCore()
        self._core.set_flags({"flags": {key: compiled() for key in flag_keys(flags)}})
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> EvaluationContext:
        return EvaluationContext(user_id, {"country": country})

    def variant(self, context: EvaluationContext) -> str | None:
        value = self._core.resolve_string_value(self._key, "default", context).value
        return None if value == "off" else value

    def loop(self, contexts: list[EvaluationContext]) -> None:
        resolve, key = self._core.resolve_string_value, self._key
        for context in contexts:
            resolve(key, "default", context)


def compiled() -> dict[str, Any]:
    """The flag that is measured, as flagd reads it."""
    split = {"fractional": [["a", 50], ["b", 50]]}
    return {
        "state": "ENABLED",
        "variants": {"a": "a", "b": "b", "off": "off"},
        "defaultVariant": "off",
        "targeting": {"if": [{"in": [{"var": "country"}, list(COUNTRIES)]}, split, None]},
    }
