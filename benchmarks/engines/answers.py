"""The answer to Evaluate for all flags of one user: joined from parts made once, or built message by message."""

from __future__ import annotations

from typing import Any

from benchmarks.engines.flagoperator import AllFlags
from flagd.api.answer import Answers, to_message
from flagd.metrics import Metrics
from flagd.v1.evaluation_pb2 import EvaluateResponse


class Joined(AllFlags):
    """As flagd does it: an encoded entry per flag and variant is kept for the life of a revision."""

    def __init__(self, flags: int) -> None:
        super().__init__(flags)
        self._answers = Answers("benchmark", Metrics())

    def answer(self, context: dict[str, Any]) -> bytes:
        """The encoded response."""
        entry = self._answers.entry
        return b"".join([entry(key, variant, context) for key, variant in self._engine.evaluate(context).items()])

    def variant(self, context: dict[str, Any]) -> str | None:
        key = EvaluateResponse.FromString(self.answer(context)).variants[self._key].key
        return None if key == "off" else key

    def loop(self, contexts: list[dict[str, Any]]) -> None:
        for context in contexts:
            self.answer(context)


class Built(Joined):
    """As a service does it that knows of no revision: a message per flag, and then encoded."""

    def answer(self, context: dict[str, Any]) -> bytes:
        """The encoded response."""
        response = EvaluateResponse()
        for key, variant in self._engine.evaluate(context).items():
            response.variants[key].CopyFrom(to_message(variant))
        return response.SerializeToString()
