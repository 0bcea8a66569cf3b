"""Engine: a ruleset that answers. Nothing that a context holds makes it raise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flagd.engine.explain import Explanation, explain
from flagd.engine.flag import Flag, flag
from flagd.engine.order import cycle_members, evaluation_order
from flagd.engine.source import decide_function
from flagd.engine.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from flagd.engine.condition import Results
    from flagd.engine.flag import Decide
    from flagd.ruleset import Cohort, EvaluationFlag

_NO_RESULTS: dict[str, Variant] = {}
_MAX_CACHED_STEPS = 32


class Engine:
    """The flags of one project, ready to answer. Never changed: a new revision is a new engine."""

    __slots__ = ("_answers", "_cyclic", "_decides", "_dependencies", "_everything", "_flags")

    def __init__(
        self,
        flags: Iterable[EvaluationFlag],
        cohorts: Mapping[str, Cohort] | None = None,
        *,
        previous: Engine | None = None,
    ) -> None:
        """Make `flags` ready. A malformed flag never answers and disturbs no other.

        Args:
            flags: in the order of delivery; of two with one key the later counts.
            cohorts: member lists by cohort id.
            previous: an engine whose work is taken over for flags that are the same objects in both.
        """
        known = previous._flags if previous else {}  # noqa: SLF001
        self._flags: dict[str, tuple[Flag, Decide]] = {}
        for source in flags:
            try:
                key = source["key"]
                self._flags[key] = _current(known.get(key), source, cohorts or {}) or _made(source, cohorts or {})
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                continue
        self._dependencies = {key: made.dependencies for key, (made, _) in self._flags.items()}
        self._cyclic = cycle_members({key: parents for key, parents in self._dependencies.items() if parents})
        self._decides = {
            key: _always(made.off) if key in self._cyclic else decide for key, (made, decide) in self._flags.items()
        }
        paths: dict[str, list[tuple[str, Decide]]] = {}
        self._answers = {
            key: partial(_answer, key, self._decides, self._dependencies, paths) if self._dependencies[key] else decide
            for key, decide in self._decides.items()
        }
        self._everything = self._steps(None)

    def evaluate(self, context: Mapping[str, Any], flag_keys: Collection[str] | None = None) -> dict[str, Variant]:
        """Return the variants of the flags named, or of all when none is named, and of the flags they depend on.

        Unknown keys are left out, and so are flags of which no segment decides.
        """
        return _run(self._steps(flag_keys) if flag_keys else self._everything, context)

    def variant(self, context: Mapping[str, Any], flag_key: str) -> Variant | None:
        """Return the variant of one flag; None = the flag is unknown, or none of its segments decides."""
        try:
            return self._answers[flag_key](context, _NO_RESULTS)
        except KeyError:
            return None

    def order(self, flag_keys: Collection[str] | None = None) -> list[str]:
        """Return the keys that `evaluate` evaluates, in its order: parents first, each once."""
        return evaluation_order(flag_keys or self._flags, self._dependencies)

    def explain(self, context: Mapping[str, Any], flag_key: str) -> Explanation | None:
        """Return why a user gets what `variant` says; None = the flag is unknown."""
        if flag_key not in self._flags:
            return None
        return explain({key: self._flags[key][0] for key in self.order((flag_key,))}, self._cyclic, context)

    def _steps(self, flag_keys: Collection[str] | None) -> list[tuple[str, Decide]]:
        return [(key, self._decides[key]) for key in self.order(flag_keys)]


def _answer(
    flag_key: str,
    decides: Mapping[str, Decide],
    dependencies: Mapping[str, Sequence[str]],
    paths: dict[str, list[tuple[str, Decide]]],
    context: Mapping[str, Any],
    _results: Results,
) -> Variant | None:
    """Answer for a flag with parents. Steps are found at the first call, and kept where they are few."""
    steps = paths.get(flag_key)
    if steps is None:
        steps = [(key, decides[key]) for key in evaluation_order((flag_key,), dependencies)]
        if len(steps) <= _MAX_CACHED_STEPS:
            paths[flag_key] = steps
    return _run(steps, context).get(flag_key)


def _run(steps: Iterable[tuple[str, Decide]], context: Mapping[str, Any]) -> dict[str, Variant]:
    results: dict[str, Variant] = {}
    for key, decide in steps:
        variant = decide(context, results)
        if variant is not None:
            results[key] = variant
    return results


def _made(source: EvaluationFlag, cohorts: Mapping[str, Cohort]) -> tuple[Flag, Decide]:
    made = flag(source, cohorts)
    return made, decide_function(made)


def _current(
    known: tuple[Flag, Decide] | None, source: EvaluationFlag, cohorts: Mapping[str, Cohort]
) -> tuple[Flag, Decide] | None:
    if known is None or known[0].source is not source:
        return None
    return known if all(cohorts.get(key) is cohort for key, cohort in known[0].cohorts.items()) else None


def _always(variant: Variant) -> Decide:
    return lambda _context, _results: variant
