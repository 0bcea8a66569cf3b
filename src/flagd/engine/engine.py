"""Engine: a ruleset that answers. Nothing that a context holds makes it raise."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from flagd.engine.codegen import fast_path
from flagd.engine.everything import Everything
from flagd.engine.explain import explain
from flagd.engine.flag import make_flag
from flagd.engine.variant import Variant
from flagd.ruleset.order import cycle_members, evaluation_order
from flagd.ruleset.persistent import ABSENT, Absent, PersistentMap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from flagd.engine.condition import Results
    from flagd.engine.explanation import Explanation
    from flagd.engine.flag import Decide, Flag
    from flagd.ruleset import Cohort, EvaluationFlag

    Ready = tuple[Flag, Decide]
    Step = tuple[str, Decide]
    Path = Callable[[str], Iterable[Step]]
    Answer = Variant | Decide

_NO_RESULTS: dict[str, Variant] = {}


class Engine:
    """The flags of one project, ready to answer. Never changed: a new revision is a new engine."""

    __slots__ = (
        "_answers",
        "_children",
        "_cyclic",
        "_dependencies",
        "_dependents",
        "_everything",
        "_flags",
        "_keys",
        "_steps",
    )

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
        known: Mapping[str, Ready] = previous._flags if previous else {}
        ready: dict[str, Ready] = {}
        for source in flags:
            try:
                ready[source["key"]] = _ready(source, cohorts or {}, known.get(source["key"]))
            except Exception:  # noqa: BLE001, S112 - whatever is wrong with one flag ends with it
                continue
        self._keys = list(ready)
        self._flags: PersistentMap[str, Ready] = PersistentMap(ready)
        self._dependencies = PersistentMap({key: flag.dependencies for key, (flag, _) in ready.items()})
        self._steps: PersistentMap[str, Step] = PersistentMap()
        self._answers: dict[str, Answer] = {}
        self._cyclic: set[str] = set()
        self._link()
        self._connect(ready)

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
        ready = {key: _ready_or_absent(flags, key, cohorts) for key in changed}
        made._flags = self._flags.changed(ready)
        made._dependencies = self._dependencies.changed(
            {key: each if isinstance(each, Absent) else each[0].dependencies for key, each in ready.items()}
        )
        made._keys, made._steps, made._answers = self._keys, self._steps, self._answers.copy()
        made._dependents, made._children, made._cyclic = self._dependents, self._children, self._cyclic
        if any((key in self._flags) is isinstance(each, Absent) for key, each in ready.items()):
            made._keys = [key for key in flags if key in made._flags]
        if any(self._dependencies.get(key, ()) != made._dependencies.get(key, ()) for key in ready):
            ready |= dict.fromkeys(made._link(), ABSENT)
        made._connect(ready)
        return made

    def _link(self) -> set[str]:
        """Find out again who depends on whom, and who on itself; return those of which the latter is news."""
        dependencies = {key: parents for key, parents in self._dependencies.as_dict().items() if parents}
        before, self._cyclic = self._cyclic, cycle_members(dependencies)
        self._dependents = list(dependencies)
        self._children: dict[str, list[str]] = {}
        for key, parents in dependencies.items():
            for parent in parents:
                self._children.setdefault(parent, []).append(key)
        return before ^ self._cyclic

    def _connect(self, keys: Iterable[str]) -> None:
        """Have `keys` answer as they are now, and the flags that depend on others find those of this engine."""
        steps: dict[str, Step | Absent] = {key: self._step(key) for key in keys}
        self._steps = self._steps.changed(steps)
        for key, step in steps.items():
            if isinstance(step, Absent):
                self._answers.pop(key, None)
            else:
                self._answers[key] = self._constant(key) or step[1]
        path = lru_cache(1024)(partial(_path, self._steps, self._dependencies))
        self._answers.update((key, partial(_answer, path, key)) for key in self._dependents)
        self._everything: Everything | None = None

    def _step(self, key: str) -> Step | Absent:
        if key not in self._flags:
            return ABSENT
        flag, decide = self._flags[key]
        return key, partial(_same, flag.off) if key in self._cyclic else decide

    def _constant(self, key: str) -> Variant | None:
        flag, _ = self._flags[key]
        return flag.off if key in self._cyclic else flag.constant

    def evaluate(self, context: Mapping[str, Any], flag_keys: Collection[str] | None = None) -> dict[str, Variant]:
        """Return the variants of the flags named, or of all when none is named, and of the flags they depend on.

        Unknown keys are left out, and so are flags of which no segment decides.
        """
        if flag_keys:
            return _run([self._steps[key] for key in self.order(flag_keys)], context)
        if self._everything is None:  # made when first needed: many revisions are never asked for everything
            self._everything = self._all()
        return self._everything.answer(context)

    def _all(self) -> Everything:
        steps, flags = self._steps.as_dict(), self._flags
        order = evaluation_order(self._keys, self._dependencies.as_dict())
        if any(flag.undeclared for flag, _ in flags.values()):
            return Everything({}, [], [steps[key] for key in order])
        constants = {key: each for key, each in self._answers.items() if isinstance(each, Variant)}
        alone = {key for key, each in self._answers.items() if each is steps[key][1]}
        return Everything(
            constants,
            [(key, *flags[key]) for key in order if key in alone],
            [steps[key] for key in order if key not in alone and key not in constants],
        )

    def variant(self, context: Mapping[str, Any], flag_key: str) -> Variant | None:
        """Return the variant of one flag; None = the flag is unknown, or none of its segments decides."""
        try:
            answer = self._answers[flag_key]
            if answer.__class__ is Variant:
                return answer
            return answer(context, _NO_RESULTS)  # type: ignore[operator]
        except KeyError:
            return None

    @property
    def pieces(self) -> list[object]:
        """What it is made of, flag by flag: who lets go of these one by one holds up no other thread by freeing it."""
        return [*self._flags.values(), *self._steps.values(), *self._answers.values()]

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What `variant` says or calls, by flag key, for callers who count nanoseconds.

        It is the variant itself where everybody gets the same, else called with a context and an empty mapping.
        """
        return self._answers

    def alone(self, flag_key: str) -> Flag | None:
        """Return a flag that decides by itself; None = it asks others, gives everybody the same, or is unknown."""
        flag, decide = self._flags.get(flag_key, (None, None))
        return flag if decide is self._answers.get(flag_key) else None

    def order(self, flag_keys: Collection[str] | None = None) -> list[str]:
        """Return the keys that `evaluate` evaluates, in its order: parents first, each once."""
        return evaluation_order(flag_keys or self._keys, self._dependencies)

    def dependents(self, flag_keys: Iterable[str]) -> set[str]:
        """Return these keys, and those of all flags that depend on one of them, directly or through others."""
        found: set[str] = set()
        pending = list(flag_keys)
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += self._children.get(key, ())
        return found

    def explain(self, context: Mapping[str, Any], flag_key: str) -> Explanation | None:
        """Return why a user gets what `variant` says; None = the flag is unknown."""
        if flag_key not in self._flags:
            return None
        return explain([(key, self._flags[key][0]) for key in self.order((flag_key,))], self._cyclic, context)


def _ready(source: EvaluationFlag, cohorts: Mapping[str, Cohort], known: Ready | None) -> Ready:
    if known and known[0].source is source and known[0].is_current(cohorts):
        return known
    flag = make_flag(source, cohorts)
    return flag, fast_path(flag)


def _ready_or_absent(flags: Mapping[str, EvaluationFlag], key: str, cohorts: Mapping[str, Cohort]) -> Ready | Absent:
    try:
        return _ready(flags[key], cohorts, None)
    except Exception:  # noqa: BLE001 - gone, or malformed
        return ABSENT


def _path(steps: Mapping[str, Step], dependencies: Mapping[str, tuple[str, ...]], key: str) -> list[Step]:
    return [steps[step] for step in evaluation_order((key,), dependencies)]


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
