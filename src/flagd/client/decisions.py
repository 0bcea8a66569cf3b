"""Decisions: what a snapshot answers, as callers get it, and whom a new one answers differently."""

from __future__ import annotations

from dataclasses import dataclass
from operator import eq
from typing import TYPE_CHECKING, Any

from flagd.client.variant import Variant
from flagd.ruleset.flag import named_cohorts, needs_every_cohort
from flagd.ruleset.persistent import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.client.user import User
    from flagd.engine.engine import Answer
    from flagd.engine.variant import Variant as Outcome
    from flagd.ruleset import EvaluationFlag
    from flagd.snapshot import Snapshot

    Take = Callable[[EvaluationFlag, Outcome, object], bool]


@dataclass(frozen=True, slots=True)
class Table:
    """What lookups read, replaced whole with every ruleset: ``told[answers[flag_key](context, {})]``.

    Attributes:
        answers: what decides, or the outcome that everybody gets, by flag key.
        told: the variant that callers get for each outcome of which nobody needs to know who gets it.
        made: the same for every outcome; one is made when it is first given, by `look_in`.
    """

    answers: Mapping[str, Answer]
    told: dict[Outcome | None, Variant[Any]]
    made: dict[Outcome, Variant[Any]]

    @classmethod
    def of(cls, snapshot: Snapshot | None) -> Table:
        """Return the table of `snapshot`; None = there is nothing to answer from."""
        return cls(snapshot.engine.answers if snapshot else {}, {}, {})


def look_in(snapshot: Snapshot, table: Table, flag_key: str, user: User, take: Take) -> Variant[Any] | None:
    """Return what `user` gets of a flag, and have `table` know it; None = unknown, or nothing decides.

    `take` is told of users whom a rollout compares; once it says that no more are counted, `table` answers alone.
    """
    outcome, source = snapshot.engine.variant(user.context, flag_key), snapshot.ruleset.flags.get(flag_key)
    if outcome is None or source is None or not is_told(source):
        return None
    found = table.made.get(outcome) or table.made.setdefault(outcome, _variant(outcome))
    if outcome.split is None or not take(source, outcome, user.context):
        table.told[outcome] = found
    return found


def look_at_all(snapshot: Snapshot, user: User) -> dict[str, Variant[Any]]:
    """Return the variants of all flags that decide something for `user`, by key."""
    flags = snapshot.ruleset.flags
    found = snapshot.engine.evaluate(user.context)
    return {key: _variant(outcome) for key, outcome in found.items() if is_told(flags[key])}


def is_told(flag: EvaluationFlag | None) -> bool:
    """Whether callers are told of this flag: there is one, and not only for others that depend on it."""
    return flag is not None and flag.get("metadata", {}).get("deployed", True) is not False


def affected(before: Snapshot | None, after: Snapshot) -> frozenset[str]:
    """Return the keys of the flags that may answer differently: what differs, and all that depend on it."""
    flags, cohorts = after.ruleset.flags, after.ruleset.cohorts
    if before is None:
        return frozenset(key for key, flag in flags.items() if is_told(flag))
    changed: set[str] = {*difference(before.ruleset.flags, flags, eq)}
    if others := {*difference(before.ruleset.cohorts, cohorts, eq)}:
        changed |= {key for key, flag in flags.items() if _asks(flag, others)}
    found = after.engine.dependents(changed)
    return frozenset(key for key in found if key not in flags or is_told(flags[key]))


def _asks(flag: EvaluationFlag, cohorts: set[str]) -> bool:
    return needs_every_cohort(flag) or not cohorts.isdisjoint(named_cohorts(flag))


def _variant(outcome: Outcome) -> Variant[Any]:
    return Variant(outcome.key, outcome.value, outcome.payload, outcome.reason, outcome.segment, outcome.told)
