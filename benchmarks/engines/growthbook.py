"""growthbook: one `GrowthBook` per user, made beforehand as its documentation does per request; features shared."""

from __future__ import annotations

from typing import Any

from growthbook import GrowthBook
from growthbook.common_types import Feature

from benchmarks.engines import COUNTRIES, asked, flag_keys


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        self._features = {key: _feature(key) for key in flag_keys(flags)}
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> GrowthBook:
        return GrowthBook(attributes={"id": user_id, "country": country}, features=self._features)

    def variant(self, context: GrowthBook) -> str | None:
        value: Any = context.get_feature_value(self._key, None)
        return None if value == "off" else value

    def loop(self, contexts: list[GrowthBook]) -> None:
        key = self._key
        for context in contexts:
            context.get_feature_value(key, "default")


def _feature(key: str) -> Feature:
    return Feature(
        defaultValue="off",
        rules=[
            {
                "key": key,
                "seed": key,
                "hashAttribute": "id",
                "hashVersion": 2,
                "condition": {"country": {"$in": list(COUNTRIES)}},
                "variations": ["a", "b"],
                "coverage": 1.0,
                "weights": [0.5, 0.5],
            }
        ],
    )
