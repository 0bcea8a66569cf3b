"""History: what was written to the cluster and what callers were told, and whether that fits together.

Every write of a flag carries a number that grows, and the answer shows it, so that each answer says
which write it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Write:
    """A write of `flag`, with its number, begun and acknowledged at these times."""

    flag: str
    number: int
    begun: float
    done: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What `client` was told of `flag`, asked and answered at these times; number None = not the flag's own answer."""

    client: str
    flag: str
    number: int | None
    asked: float
    answered: float


def violations(writes: Iterable[Write], answers: Iterable[Answer]) -> list[str]:
    """Return what is wrong with the answers, in words; the last answers are taken for those after everything ended."""
    by_flag: dict[str, dict[int, Write]] = defaultdict(dict)
    for write in writes:
        by_flag[write.flag][write.number] = write
    told: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        told[answer.client, answer.flag].append(answer)
    return [text for (_, flag), each in told.items() for text in _check(by_flag[flag], each)]


def _check(writes: Mapping[int, Write], answers: list[Answer]) -> Iterator[str]:
    highest = -1
    for answer in sorted(answers, key=lambda each: each.answered):
        place = f"{answer.client}, {answer.flag}, {answer.answered:.3f} s"
        if answer.number is None:
            if highest >= 0:
                yield f"I2 {place}: the default, after {highest}"
            continue
        write = writes.get(answer.number)
        if write is None or write.begun > answer.answered:
            yield f"I1 {place}: {answer.number}, which nobody had written"
        if answer.number < highest:
            yield f"I3 {place}: {answer.number} after {highest}"
        highest = max(highest, answer.number)
    last, newest = max(answers, key=lambda each: each.answered), max(writes, default=-1)
    if last.number != newest:
        yield f"I4 {last.client}, {last.flag}: {last.number} in the end, {newest} was written last"
