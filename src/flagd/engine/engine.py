"""Engine: a ruleset that answers. Nothing that a context holds makes it raise."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from flagd.engine.explain import explain
from flagd.engine.flag import make_flag
from flagd.engine.source import fast_path
from flagd.ruleset.order import cycle_members, evaluation_order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from flagd.condition import Results
    from flagd.engine.flag import Decide, Flag
    from flagd.explanation import Explanation
    from flagd.ruleset import Cohort, EvaluationFlag
    from flagd.variant import Variant

    Step = tuple[str, Decide]
    Path = Callable[[str], Iterable[Step]]

_NO_RESULTS: dict[str, Variant] = {}


class Engine:
    """The flags of one project, ready to answer. Never changed: a new revision is a new engine."""

    __slots__ = ("_answers", "_cyclic", "_dependencies", "_dependents", "_everything", "_flags", "_steps")

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
        known = previous._flags if previous else {}
        self._flags: dict[str, tuple[Flag, Decide]] = {}
        self._dependencies: dict[str, tuple[str, ...]] = {}
        self._steps: dict[str, Step] = {}
        self._answers: dict[str, Decide] = {}
        self._cyclic: set[str] = set()
        for source in flags:
            try:
                key = source["key"]
                self._put(key, _ready(source, cohorts or {}, known.get(key)))
            except Exception:  # noqa: BLE001, S112 - whatever is wrong with one flag ends with it
                continue
        self._link()
        self._connect()

    def update(
        self, flags: Mapping[str, EvaluationFlag], changed: Iterable[str], cohorts: Mapping[str, Cohort]
    ) -> Engine:
        """Return the engine of `flags`, at little more than the cost of what differs.

        Args:
            flags: all of them, by key.
            changed: keys of those that are not the same objects here, and of those that are gone.
            cohorts: member lists by cohort id; must be those of this engine.
        """
        made = Engine(())
        made._flags, made._dependencies = self._flags.copy(), self._dependencies.copy()
        made._steps, made._answers = self._steps.copy(), self._answers.copy()
        made._dependents, made._cyclic = self._dependents, self._cyclic
        changed = list(changed)
        for key in changed:
            try:
                made._put(key, _ready(flags[key], cohorts, None))
            except Exception:  # noqa: BLE001 - gone, or malformed
                for table in (made._flags, made._dependencies, made._steps, made._answers):
                    table.pop(key, None)
        if any(key not in self._flags for key in changed):
            made._flags = {key: made._flags[key] for key in flags if key in made._flags}
        if any(made._dependencies.get(key) != self._dependencies.get(key) for key in changed):
            made._link()
        made._connect()
        return made

    def _put(self, key: str, ready: tuple[Flag, Decide]) -> None:
        flag, decide = self._flags[key] = ready
        self._dependencies[key] = flag.dependencies
        self._steps[key] = key, partial(_same, flag.off) if key in self._cyclic else decide
        self._answers[key] = self._steps[key][1]

    def _link(self) -> None:
        """Find out anew who depends on whom, and who on itself."""
        before, dependencies = self._cyclic, self._dependencies
        self._dependents = [key for key, parents in dependencies.items() if parents]
        self._cyclic = cycle_members({key: dependencies[key] for key in self._dependents})
        for key in (before ^ self._cyclic) & self._flags.keys():
            self._put(key, self._flags[key])

    def _connect(self) -> None:
        """Let the flags that depend on others find those of this engine."""
        steps, dependencies = self._steps, self._dependencies
        path = lru_cache(1024)(lambda key: [steps[step] for step in evaluation_order((key,), dependencies)])
        self._answers.update((key, partial(_answer, path, key)) for key in self._dependents)
        self._everything: list[Step] | None = None

    def evaluate(self, context: Mapping[str, Any], flag_keys: Collection[str] | None = None) -> dict[str, Variant]:
        """Return the variants of the flags named, or of all when none is named, and of the flags they depend on.

        Unknown keys are left out, and so are flags of which no segment decides.
        """
        return _run([self._steps[key] for key in self.order(flag_keys)] if flag_keys else self._all(), context)

    def _all(self) -> list[Step]:
        if self._everything is None:  # made when first needed: many revisions are never asked for everything
            self._everything = [self._steps[key] for key in self.order()]
        return self._everything

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
        return explain([(key, self._flags[key][0]) for key in self.order((flag_key,))], self._cyclic, context)


def _ready(
    source: EvaluationFlag, cohorts: Mapping[str, Cohort], known: tuple[Flag, Decide] | None
) -> tuple[Flag, Decide]:
    if known and known[0].source is source and known[0].is_current(cohorts):
        return known
    flag = make_flag(source, cohorts)
    return flag, fast_path(flag)


def _run(steps: Iterable[Step], context: Mapping[str, Any]) -> dict[str, Variant]:
    results: dict[str, Variant] = {}
    for key, decide in steps:
        variant = decide(context, results)
        if variant is not None:
            results[key] = variant
    return results


def _same(variant: Variant, _context: object, _results: Results) -> Variant:
    return variant


def _answer(path: Path, key: str, context: Mapping[str, Any], _results: Results) -> Variant | None:
    return _run(path(key), context).get(key)
