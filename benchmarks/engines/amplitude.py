"""amplitude-experiment: `evaluate_v2` of its local evaluation client, for one flag key, on users built beforehand.

The flags are put where its poller would put them, so that nothing opens a connection.
"""

from __future__ import annotations

from typing import Any

from amplitude_experiment import Experiment, User
from amplitude_experiment.evaluation.engine import EvaluationEngine
from amplitude_experiment.evaluation.types import EvaluationFlag

from benchmarks.engines import asked, flag_keys
from benchmarks.scenario import country_flag, last_segment_context, mixed_context, mixed_flag, segments_flag


class Decider:
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        self._client = Experiment.initialize_local("benchmark")
        for key in flag_keys(flags):
            flag = EvaluationFlag.schema().load(country_flag(key))
            self._client.flag_config_storage.put_flag_config(flag)
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> User:
        return User(user_id=user_id, country=country)

    def variant(self, context: User) -> str | None:
        variant = self._client.evaluate_v2(context, {self._key})[self._key]
        return None if variant.key == "off" else variant.key

    def loop(self, contexts: list[User]) -> None:
        evaluate, keys = self._client.evaluate_v2, {self._key}
        for context in contexts:
            evaluate(context, keys)


class Segments:
    """10 segments of 3 conditions in the engine itself, without the client around it."""

    flag = staticmethod(segments_flag)

    def __init__(self, flags: int) -> None:
        self._engine = EvaluationEngine()
        self._key = asked(flags)
        self._flags = [EvaluationFlag.schema().load(self.flag(self._key))]

    def context(self, user_id: str, country: str) -> dict[str, Any]:
        return last_segment_context(user_id, country)

    def variant(self, context: dict[str, Any]) -> str | None:
        variant = self._engine.evaluate(context, self._flags).get(self._key)
        return None if variant is None or variant.key == "off" else variant.key

    def loop(self, contexts: list[dict[str, Any]]) -> None:
        evaluate, flags = self._engine.evaluate, self._flags
        for context in contexts:
            evaluate(context, flags)


class Mixed(Segments):
    """10 segments of a list, a version and a number."""

    flag = staticmethod(mixed_flag)

    def context(self, user_id: str, country: str) -> dict[str, Any]:
        return mixed_context(user_id, country)
