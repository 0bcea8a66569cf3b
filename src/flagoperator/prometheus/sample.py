"""Sample: counters as Prometheus gave them at one moment, by arm and series."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flagoperator.prometheus.reading import UNREADABLE, NoAnswer

ARM = "rollout_arm"
"""The label that says which arm a series counts."""
TREATED, CONTROL = "treated", "control"
MOST_SERIES = 1000

Labels = tuple[tuple[str, str], ...]
Series = Mapping[Labels, float]
"""The value of every counter of an arm, by its labels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer.

    Attributes:
        at: seconds since 1970 by the clock of Prometheus; 0 where there is no series.
        series: what counts an arm; other series are passed over.
    """

    at: float = 0.0
    series: Series = field(default_factory=dict)


def read_sample(status: int, body: bytes) -> Sample:
    """Return what the body of an answer to ``/api/v1/query`` holds. Raises NoAnswer where it is no counters."""
    try:
        answer = json.loads(body)
        if answer["status"] != "success":
            raise NoAnswer(f"Prometheus answers {answer['errorType']}: {answer['error']}")
        return _sample(answer["data"]["resultType"], answer["data"]["result"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise NoAnswer(UNREADABLE.format(status=status)) from None


def _sample(kind: str, result: Any) -> Sample:  # noqa: ANN401
    if kind != "vector":
        raise NoAnswer(f"the query gives a {kind}; a comparison needs counters")
    if len(result) > MOST_SERIES:
        raise NoAnswer(f"the query gives {len(result)} series; at most {MOST_SERIES} are read, so name a few by labels")
    series: dict[Labels, float] = {}
    at = 0.0
    for each in result:
        if each["metric"].get(ARM) not in (TREATED, CONTROL):
            continue
        labels = tuple(sorted(each["metric"].items()))
        if labels in series:
            raise NoAnswer("Prometheus gives one series twice; ask it for what is wrong with its blocks")
        at, series[labels] = float(each["value"][0]), _counter(each["value"][1])
    return Sample(at, series)


def _counter(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise NoAnswer(f"a counter is {text}; counters are numbers from 0")
    return value
