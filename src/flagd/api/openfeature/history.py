"""History: which flags changed lately, and who may know.

Callers cache the answers of flags that are the same for everybody, until an event says that one changed.
A caller who was away for a while, perhaps moving from one server to another, gets what it may have missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flagd.ruleset.change import find_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from flagd.ruleset import EvaluationFlag, Ruleset
    from flagd.snapshot import Snapshot

REMEMBERED_SECONDS = 600.0
"""How long a change is remembered: the usual lifetime of a caller's stream."""
Kind = Literal["write", "update", "delete"]
Seen = frozenset[str] | None
"""Deployments that see a flag; None = there is no such flag for anybody."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """The latest change of one flag.

    Attributes:
        number: of the recording that found it; they only grow.
        at: when, in seconds of the clock.
        before: who saw the flag before it.
        after: who sees it since.
        known: who has seen it at any time that is remembered.
    """

    number: int
    at: float
    before: Seen
    after: Seen
    known: Seen

    def kind(self, deployments: Seen) -> Kind | None:
        """Return what a caller of `deployments` (None = no key, who sees every flag) may know of it, None = nothing."""
        if _sees(self.after, deployments):
            return "update" if _sees(self.before, deployments) else "write"
        return "delete" if _sees(self.known, deployments) else None


class History:
    """The alterations of the last ten minutes, by project and flag. Recorded when somebody looks."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recorded: Mapping[str, Snapshot] | None = None
        self._rulesets: dict[str, Ruleset] = {}
        self._altered: dict[tuple[str, str], Alteration] = {}
        self.number = 0
        self.forgotten = 0
        """Number of the newest recording that is no longer complete."""

    def record(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Take note of what differs from the recording before. The flags of a project not seen before all changed."""
        self._forget()
        if snapshots is self._recorded:
            return
        self._recorded = snapshots
        rulesets = {project: snapshot.ruleset for project, snapshot in snapshots.items()}
        number = self.number + 1
        for project in self._rulesets.keys() | rulesets.keys():
            before, after = self._rulesets.get(project), rulesets.get(project)
            if before is not after:
                self._compare(project, number, before, after)
        self._rulesets = rulesets

    def since(self, number: int) -> Iterator[tuple[str, str, Alteration]]:
        """Yield project, flag key and alteration of what was recorded after `number`, the newest first."""
        for (project, key), alteration in reversed(self._altered.items()):
            if alteration.number <= number:
                return
            yield project, key, alteration

    def _compare(self, project: str, number: int, before: Ruleset | None, after: Ruleset | None) -> None:
        for key in _altered(before, after):
            self._note((project, key), number, _seen(before, key), _seen(after, key))

    def _note(self, name: tuple[str, str], number: int, before: Seen, after: Seen) -> None:
        if before is None and after is None:
            return
        older = self._altered.pop(name, None)
        known = _either(_either(before, after), older.known if older else None)
        self._altered[name] = Alteration(number, self._clock(), before, after, known)
        self.number = number

    def _forget(self) -> None:
        oldest = self._clock() - REMEMBERED_SECONDS
        while self._altered:
            name, alteration = next(iter(self._altered.items()))
            if alteration.at > oldest:
                return
            self.forgotten = alteration.number
            del self._altered[name]


def _altered(before: Ruleset | None, after: Ruleset | None) -> set[str]:
    """Return the keys of flags and groups that are not what they were, those that depend on others included."""
    if before is None or after is None:
        return {key for ruleset in (before, after) if ruleset for key in ruleset.flags}
    change = find_change(before, after)
    keys = {*change.flags, *change.visibility}
    if change.cohorts:
        keys.update(key for key, flag in after.flags.items() if _names(flag, change.cohorts.keys()))
    return keys and _with_dependents(keys, after.flags)


def _names(flag: EvaluationFlag, cohorts: Set[str]) -> bool:
    parts = (part for segment in flag["segments"] for every in segment.get("conditions") or () for part in every)
    return any(part["selector"][-1:] == ["cohort_ids"] and not cohorts.isdisjoint(part["values"]) for part in parts)


def _with_dependents(keys: set[str], flags: Mapping[str, EvaluationFlag]) -> set[str]:
    dependents: dict[str, list[str]] = {}
    for key, flag in flags.items():
        for parent in flag.get("dependencies") or ():
            dependents.setdefault(parent, []).append(key)
    todo = list(keys)
    for key in todo:
        fresh = [one for one in dependents.get(key, ()) if one not in keys]
        keys.update(fresh)
        todo.extend(fresh)
    return keys


def _seen(ruleset: Ruleset | None, key: str) -> Seen:
    flag = ruleset.flags.get(key) if ruleset else None
    if ruleset is None or flag is None or not flag.get("metadata", {}).get("deployed", True):
        return None
    return ruleset.visibility.get(key, frozenset())


def _sees(seen: Seen, deployments: Seen) -> bool:
    return seen is not None and (deployments is None or not deployments.isdisjoint(seen))


def _either(one: Seen, other: Seen) -> Seen:
    if one is None or other is None:
        return other if one is None else one
    return one | other
