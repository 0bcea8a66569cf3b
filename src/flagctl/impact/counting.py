"""Counting: users asked of both sides, by the code that a server runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flagctl.impact.move import NONE, Move
from flagd.engine import Engine
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagctl.impact.question import Question
    from flagd.engine import Variant

    Cell = tuple[Variant | None, Variant | None]

Counts = dict[tuple[str, str], dict[Move, int]]
"""How many users make which move, by project and flag."""

_NO_RESULTS: dict[str, Variant] = {}


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
        users = 0
        counters: list[dict[Cell, int]] = [{} for _ in self._asked]
        asked = [(*each[2:], counter) for each, counter in zip(self._asked, counters, strict=True)]
        for users, context in enumerate(contexts, 1):  # noqa: B007
            for before, after, counter in asked:
                cell = before(context, _NO_RESULTS), after(context, _NO_RESULTS)
                counter[cell] = counter.get(cell, 0) + 1
        keys = [(project, key) for project, key, _, _ in self._asked]
        return {key: _moves(counter) for key, counter in zip(keys, counters, strict=True)}, users


def _answers(ruleset: Any) -> Mapping[str, Any]:  # noqa: ANN401
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
