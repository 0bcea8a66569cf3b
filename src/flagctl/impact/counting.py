"""Counting: users asked of both sides, by the code that a server runs."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any

from flagctl.impact.joint import Joint
from flagctl.impact.move import NONE, Move
from flagd.engine import Engine, Variant
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flagctl.impact.joint import Cell, Contexts
    from flagctl.impact.question import Question, Ruleset
    from flagd.engine.engine import Answer

    Sides = Callable[[Contexts], Mapping[Cell, int]]

Counts = dict[tuple[str, str], dict[Move, int]]
"""How many users make which move, by project and flag."""

_NO_RESULTS: Iterator[dict[str, Variant]] = repeat({})
"""As many as are wanted: a flag that is asked by itself depends on no result."""


class Counting:
    """Both sides of some questions, ready to answer."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._asked = [
            (question.project, key, _sides(before, after, key))
            for question in questions
            for before, after in [(_engine(question.before), _engine(question.after))]
            for key in question.keys
        ]

    def count(self, contexts: Iterable[Mapping[str, Any]]) -> tuple[Counts, int]:
        """Return what becomes of the users with these evaluation contexts, and how many there are."""
        asked = list(contexts)
        return {(project, key): _moves(cells(asked)) for project, key, cells in self._asked}, len(asked)


def _engine(ruleset: Ruleset) -> Engine:
    return Engine(ruleset.flags, ruleset.cohorts)


def _sides(before: Engine, after: Engine, key: str) -> Sides:
    """Return what counts, among contexts, the answers of both sides."""
    one, two = before.alone(key), after.alone(key)
    if one and two:
        return Joint(one, two).cells
    return partial(_apart, before.answers.get(key, _nothing), after.answers.get(key, _nothing))


def _apart(before: Answer, after: Answer, contexts: Contexts) -> Mapping[Cell, int]:
    return Counter(zip(_variants(before, contexts), _variants(after, contexts), strict=True))


def _variants(answer: Answer, contexts: Contexts) -> Iterable[Variant | None]:
    if isinstance(answer, Variant):
        return repeat(answer, len(contexts))
    return map(answer, contexts, _NO_RESULTS)


def _nothing(_context: object, _results: object) -> None:
    return None


def _moves(cells: Mapping[Cell, int]) -> dict[Move, int]:
    found: Counter[Move] = Counter()
    for (before, after), count in cells.items():
        found[_move(before, after)] += count
    return dict(found)


def _move(before: Variant | None, after: Variant | None) -> Move:
    decided = after or before
    rewritten = before is not None and after is not None and before.key == after.key and not _same(before, after)
    return Move(
        decided.segment if decided else "",
        before.key if before else NONE,
        after.key if after else NONE,
        rewritten,
    )


def _same(before: Variant, after: Variant) -> bool:
    return same_value([before.value, before.payload], [after.value, after.payload])
