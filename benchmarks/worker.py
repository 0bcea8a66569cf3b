"""One engine in its own interpreter: reads commands from standard input, one JSON document per line.

`python -m benchmarks.worker ENGINE SCENARIO` answers
    {"load": FLAGS}    {"variants": {"a": …, "b": …, "none": …}, "excluded": …}: what its users got
    {"time": COUNT}    {"ns": nanoseconds of processor time per decision}, over so many
so that the rounds of several engines can be interleaved.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.engines import COUNTRIES, USERS

if TYPE_CHECKING:
    from benchmarks.engines import Decider

OUTSIDE = "FR"


class Worker:
    """An engine with its flags and users."""

    def __init__(self, engine: str, scenario: str) -> None:
        self._make: type[Decider] = getattr(importlib.import_module(f"benchmarks.engines.{engine}"), scenario)
        self._decider: Decider | None = None
        self._contexts: list[Any] = []

    def load(self, flags: int) -> dict[str, Any]:
        """Load so many flags and decide for every user once."""
        decider = self._make(flags)
        contexts = [decider.context(f"user-{n}", COUNTRIES[n % len(COUNTRIES)]) for n in range(USERS)]
        outside = [decider.context(f"user-{n}", OUTSIDE) for n in range(USERS)]
        self._decider, self._contexts = decider, contexts
        return {
            "variants": Counter(str(decider.variant(context)).lower() for context in contexts),
            "excluded": sum(decider.variant(context) is None for context in outside),
        }

    def time(self, count: int) -> dict[str, float]:
        """Time so many decisions, users in turn."""
        if self._decider is None:
            raise RuntimeError("load first")
        contexts = list(itertools.islice(itertools.cycle(self._contexts), count))
        loop = self._decider.loop
        started = time.thread_time_ns()
        loop(contexts)
        return {"ns": (time.thread_time_ns() - started) / count}


def main() -> None:
    """Answer until standard input ends. Engines that print must not get in the way of the answers."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        [(command, argument)] = json.loads(line).items()
        answer = worker.load(argument) if command == "load" else worker.time(argument)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
