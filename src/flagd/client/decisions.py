"""Decisions: what a snapshot answers, as callers get it, and whom a new one answers differently."""

from __future__ import annotations

from dataclasses import dataclass
from operator import eq
from typing import TYPE_CHECKING, Any

from flagd.client.variant import Variant
from flagd.ruleset.flag import named_cohorts, needs_every_cohort
from flagd.ruleset.persistent import difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.client.user import User
    from flagd.engine.flag import Decide
    from flagd.engine.variant import Variant as Outcome
    from flagd.ruleset import EvaluationFlag, Ruleset
    from flagd.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Table:
    """What lookups read, replaced whole with every ruleset: ``told[answers[flag_key](context, {})]``.

    Attributes:
        answers: what decides, by flag key.
        told: the variant that callers get for each outcome; one is made when it is first given, by `look_in`.
    """

    answers: Mapping[str, Decide]
    told: dict[Outcome | None, Variant[Any]]

    @classmethod
    def of(cls, snapshot: Snapshot | None) -> Table:
        """Return the table of `snapshot`; None = there is nothing to answer from."""
        return cls(snapshot.engine.answers if snapshot else {}, {})


def look_in(snapshot: Snapshot, table: Table, flag_key: str, user: User) -> Variant[Any] | None:
    """Return what `user` gets of a flag, and have `table` know it; None = unknown, or nothing decides."""
    outcome = snapshot.engine.variant(user.context, flag_key)
    if outcome is None or not is_told(snapshot.ruleset.flags.get(flag_key)):
        return None
    if outcome not in table.told:
        table.told[outcome] = _variant(outcome)
    return table.told[outcome]


def look_at_all(snapshot: Snapshot, user: User) -> dict[str, Variant[Any]]:
    """Return the variants of all flags that decide something for `user`, by key."""
    flags = snapshot.ruleset.flags
    found = snapshot.engine.evaluate(user.context)
    return {key: _variant(outcome) for key, outcome in found.items() if is_told(flags[key])}


def is_told(flag: EvaluationFlag | None) -> bool:
    """Whether callers are told of this flag: there is one, and not only for others that depend on it."""
    return flag is not None and flag.get("metadata", {}).get("deployed", True) is not False


def affected(before: Ruleset | None, after: Ruleset) -> frozenset[str]:
    """Return the keys of the flags that may answer differently: what differs, and all that depend on it."""
    if before is None:
        return frozenset(key for key, flag in after.flags.items() if is_told(flag))
    changed: set[str] = {*difference(before.flags, after.flags, eq)}
    if cohorts := {*difference(before.cohorts, after.cohorts, eq)}:
        changed |= {key for key, flag in after.flags.items() if _asks(flag, cohorts)}
    found = _with_dependents(changed, after.flags)
    return frozenset(key for key in found if key not in after.flags or is_told(after.flags[key]))


def _asks(flag: EvaluationFlag, cohorts: set[str]) -> bool:
    return needs_every_cohort(flag) or not cohorts.isdisjoint(named_cohorts(flag))


def _with_dependents(changed: set[str], flags: Mapping[str, EvaluationFlag]) -> set[str]:
    depending = {key: flag["dependencies"] for key, flag in flags.items() if flag.get("dependencies")}
    found = set(changed)
    while more := {key for key, parents in depending.items() if key not in found and not found.isdisjoint(parents)}:
        found |= more
    return found


def _variant(outcome: Outcome) -> Variant[Any]:
    return Variant(outcome.key, outcome.value, outcome.payload, outcome.reason, outcome.segment, outcome.told)
