"""eppo-server-sdk (Rust inside): `get_string_assignment`, polling off, the assignment not logged.

It takes the attributes as a dict and converts them on every call; there is nothing to build beforehand.
"""

from __future__ import annotations

import json
from typing import Any

from eppo_client import AssignmentLogger, ClientConfig, Configuration, init

from benchmarks.engines import COUNTRIES, asked, flag_keys

SHARDS = 10_000
HALF = SHARDS // 2

Context = tuple[str, dict[str, Any]]


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        configuration = {
            "createdAt": "2026-01-01T00:00:00.000Z",
            "format": "SERVER",
            "environment": {"name": "benchmark"},
            "flags": {key: _flag(key) for key in flag_keys(flags)},
        }
        self._client = init(
            ClientConfig(
                api_key="benchmark",
                assignment_logger=AssignmentLogger(),
                poll_interval_seconds=None,
                initial_configuration=Configuration(flags_configuration=json.dumps(configuration).encode()),
            )
        )
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> Context:
        return user_id, {"country": country}

    def variant(self, context: Context) -> str | None:
        value = self._client.get_string_assignment(self._key, *context, "default")
        return None if value == "default" else value

    def loop(self, contexts: list[Context]) -> None:
        get, key = self._client.get_string_assignment, self._key
        for user_id, attributes in contexts:
            get(key, user_id, attributes, "default")


def _flag(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "enabled": True,
        "variationType": "STRING",
        "totalShards": SHARDS,
        "variations": {"a": {"key": "a", "value": "a"}, "b": {"key": "b", "value": "b"}},
        "allocations": [
            {
                "key": "countries",
                "rules": [
                    {"conditions": [{"attribute": "country", "operator": "ONE_OF", "value": list(COUNTRIES)}]},
                ],
                "splits": [_split(key, "a", 0, HALF), _split(key, "b", HALF, SHARDS)],
                "doLog": False,
            }
        ],
    }


def _split(key: str, variant: str, start: int, end: int) -> dict[str, Any]:
    return {"variationKey": variant, "shards": [{"salt": key, "ranges": [{"start": start, "end": end}]}]}
