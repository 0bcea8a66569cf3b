"""Reading: what Prometheus said to a query: a number, nothing, or that something is wrong."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to one query.

    Attributes:
        value: the number; None where there is none.
        trouble: why there is none, one line; empty with a number.
        is_empty: whether the query was answered, with no series or with what is not a number.
    """

    value: float | None = None
    trouble: str = ""
    is_empty: bool = False


class NoAnswer(Exception):
    """A query that gave nothing to go by. The text says why, in one line.

    Attributes:
        is_empty: whether the query was answered, with nothing.
    """

    def __init__(self, trouble: str, *, is_empty: bool = False) -> None:
        super().__init__(failed(trouble).trouble)
        self.is_empty = is_empty


NOTHING = Reading(trouble="no data: the query gives no series", is_empty=True)
UNREADABLE = "HTTP {status} with what is not an answer of Prometheus; check --prometheus-url"
_LONGEST = 300


def failed(trouble: str) -> Reading:
    """Return the reading of a query that was not answered."""
    line = " ".join(trouble.split())
    return Reading(trouble=line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…")


def read_answer(status: int, body: bytes) -> Reading:
    """Return what the body of Prometheus' answer to ``/api/v1/query`` says."""
    try:
        answer = json.loads(body)
        if answer["status"] != "success":
            return failed(f"Prometheus answers {answer['errorType']}: {answer['error']}")
        data = answer["data"]
        return _read(data["resultType"], data["result"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return failed(UNREADABLE.format(status=status))


def read_history(status: int, body: bytes, times: Sequence[float]) -> list[Reading]:
    """Return what the body of Prometheus' answer to ``/api/v1/query_range`` says of each of `times`, in seconds."""
    try:
        answer = json.loads(body)
        if answer["status"] != "success":
            return [failed(f"Prometheus answers {answer['errorType']}: {answer['error']}")] * len(times)
        series = answer["data"]["result"]
        if len(series) > 1:
            return [failed(f"the query gives {len(series)} series; it must give one, such as sum(…)")] * len(times)
        values = {round(float(at), 3): text for each in series for at, text in each["values"]}
        return [_number(values[at]) if (at := round(each, 3)) in values else NOTHING for each in times]
    except (ValueError, KeyError, TypeError, IndexError):
        return [failed(f"HTTP {status} with what is not an answer of Prometheus; check --prometheus-url")] * len(times)


def _read(kind: str, result: Any) -> Reading:  # noqa: ANN401
    if kind == "scalar":
        return _number(result[1])
    if kind != "vector":
        return failed(f"the query gives a {kind}; it must give one number, such as sum(rate(…[5m]))")
    if not result:
        return NOTHING
    if len(result) > 1:
        return failed(f"the query gives {len(result)} series; it must give one, such as sum(…)")
    if "value" not in result[0]:
        return failed("the query gives a histogram; it must give one number, such as histogram_quantile(0.99, …)")
    return _number(result[0]["value"][1])


def _number(text: str) -> Reading:
    value = float(text)
    if math.isnan(value):
        return Reading(trouble="no data: the query gives NaN, as a division of 0 by 0 does", is_empty=True)
    return Reading(value)
