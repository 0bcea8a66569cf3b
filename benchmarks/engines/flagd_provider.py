"""OpenFeature's provider for flagd, in process, by OpenFeature's SDK: `client.get_string_value`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.evaluation_context import EvaluationContext

from benchmarks.engines import asked, flag_keys
from benchmarks.engines.flagd_core import compiled

_FOLDER = tempfile.TemporaryDirectory()
"""Lives as long as the process: the provider looks at its file again and again."""


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        path = Path(_FOLDER.name) / f"flags-{flags}.json"
        path.write_text(json.dumps({"flags": {key: compiled() for key in flag_keys(flags)}}))
        provider = FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(path))
        api.set_provider_and_wait(provider)
        self._client = api.get_client()
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> EvaluationContext:
        return EvaluationContext(user_id, {"country": country})

    def variant(self, context: EvaluationContext) -> str | None:
        value = self._client.get_string_value(self._key, "default", context)
        return None if value == "off" else value

    def loop(self, contexts: list[EvaluationContext]) -> None:
        get, key = self._client.get_string_value, self._key
        for context in contexts:
            get(key, "default", context)
