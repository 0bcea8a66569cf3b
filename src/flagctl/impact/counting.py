"""Counting: users asked of both sides, by the code that a server runs."""

from __future__ import annotations

from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING, Any

from flagctl.impact.move import NONE, Move
from flagd.engine import Engine
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flagctl.impact.question import Question, Ruleset
    from flagd.engine import Variant
    from flagd.engine.flag import Decide

    Cell = tuple[Variant | None, Variant | None]

Counts = dict[tuple[str, str], dict[Move, int]]
"""How many users make which move, by project and flag."""

_NO_RESULTS: Iterator[dict[str, Variant]] = repeat({})
"""As many as are wanted: a flag that is asked by itself depends on no result."""


class Counting:
    """Both sides of some questions, ready to answer."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._asked = [
            (question.project, key, before.get(key, _nothing), after.get(key, _nothing))
            for question in questions
            for before, after in [(_answers(question.before), _answers(question.after))]
            for key in question.keys
        ]

    def count(self, contexts: Iterable[Mapping[str, Any]]) -> tuple[Counts, int]:
        """Return what becomes of the users with these evaluation contexts, and how many there are."""
        asked = list(contexts)
        return {(project, key): _moves(_cells(asked, *sides)) for project, key, *sides in self._asked}, len(asked)


def _cells(contexts: Sequence[Mapping[str, Any]], before: Decide, after: Decide) -> Mapping[Cell, int]:
    # No loop of Python's own: it would cost as much as the answers.
    return Counter(zip(map(before, contexts, _NO_RESULTS), map(after, contexts, _NO_RESULTS), strict=False))


def _answers(ruleset: Ruleset) -> Mapping[str, Decide]:
    return Engine(ruleset.flags, ruleset.cohorts).answers


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
