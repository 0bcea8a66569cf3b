"""launchdarkly-server-sdk: `variation` on contexts built beforehand, flags from a file, events off.

Its test data source cannot describe a percentage, its file data source can. Nothing opens a connection.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ldclient import Context, LDClient
from ldclient.config import Config
from ldclient.integrations import Files

from benchmarks.engines import COUNTRIES, asked, flag_keys


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        self._key = asked(flags)
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "flags.json"
            path.write_text(json.dumps({"flags": {key: _flag(key) for key in flag_keys(flags)}}))
            source = Files.new_data_source(paths=[str(path)])
            config = Config("benchmark", update_processor_class=source, send_events=False, diagnostic_opt_out=True)
            self._client = LDClient(config, start_wait=10)

    def context(self, user_id: str, country: str) -> Context:
        return Context.builder(user_id).set("country", country).build()

    def variant(self, context: Context) -> str | None:
        value = self._client.variation(self._key, context, "default")
        return None if value == "off" else value

    def loop(self, contexts: list[Context]) -> None:
        variation, key = self._client.variation, self._key
        for context in contexts:
            variation(key, context, "default")


def _flag(key: str) -> dict[str, Any]:
    half = 50_000
    return {
        "key": key,
        "on": True,
        "version": 1,
        "salt": key,
        "variations": ["a", "b", "off"],
        "offVariation": 2,
        "fallthrough": {"variation": 2},
        "rules": [
            {
                "id": "countries",
                "clauses": [
                    {"contextKind": "user", "attribute": "country", "op": "in", "values": list(COUNTRIES)},
                ],
                "rollout": {
                    "contextKind": "user",
                    "variations": [{"variation": 0, "weight": half}, {"variation": 1, "weight": half}],
                },
            }
        ],
    }
