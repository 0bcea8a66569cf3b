"""Hold-back: what is published where the cluster lost most of its flags: what is left, and what was lost.

Deletions come one by one, so what counts is everything lost since the last list that was believed.
While a project is held its other changes are published all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from flagd.ruleset.change import Change, find_change
from flagd.ruleset.flag import is_retained
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import Absent
from flagoperator.reconcile.guard import Guard, Removal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset import Cohort, Deployment, EvaluationFlag, Ruleset
    from flagoperator.reconcile.guard import Look

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lost:
    """What a project had since the last list that was believed, and has no more.

    A flag that only stays hidden, for last good forms that need it, is lost to callers.

    Attributes:
        flags: by key.
        visibility: names of the deployments that see a flag, by its key.
        cohorts: by id.
        deployments: by name.
    """

    flags: Mapping[str, EvaluationFlag] = field(default_factory=dict)
    visibility: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cohorts: Mapping[str, Cohort] = field(default_factory=dict)
    deployments: Mapping[str, Deployment] = field(default_factory=dict)

    def after(self, before: Ruleset, now: Ruleset) -> Lost:
        """Return what is lost once `before` has become `now`."""
        change = find_change(before, now)
        had = {key: before.flags[key] for key in change.flags if key in before.flags}
        flags = {
            key: flag
            for key, flag in {**self.flags, **{key: flag for key, flag in had.items() if not is_retained(flag)}}.items()
            if key not in now.flags or is_retained(now.flags[key])
        }
        seen = {**self.visibility, **{key: before.visibility[key] for key in change.flags if key in before.visibility}}
        return Lost(
            flags=flags,
            visibility={key: names for key, names in seen.items() if key in flags},
            cohorts=_lost(self.cohorts, before.cohorts, now.cohorts, change.cohorts),
            deployments=_lost(self.deployments, before.deployments, now.deployments, change.deployments),
        )

    def put_back(self, now: HashedRuleset) -> Ruleset:
        """Return `now` with what is lost."""
        return now.changed(Change(self.flags, self.visibility, self.cohorts, self.deployments)).ruleset


@dataclass(frozen=True, slots=True)
class Choice:
    """What to publish.

    Attributes:
        rulesets: by project; None where something must be held of which only the number of flags is known.
        held: what is held from now on and was not before.
    """

    rulesets: Mapping[str, Ruleset] | None
    held: list[Removal]


class HoldBack:
    """Remembers what was lost, by project."""

    def __init__(self) -> None:
        self._guard = Guard()
        self._lost: dict[str, Lost] = {}
        self._believed = float("-inf")

    @property
    def held(self) -> Mapping[str, Removal]:
        """What waits now, by project."""
        return self._guard.held

    def choose(self, wanted: Mapping[str, HashedRuleset], served: Mapping[str, Ruleset | int], look: Look) -> Choice:
        """Return what to publish of `wanted`, by project.

        `served` is what is published now, or before the first publication what the replicas serve: rulesets,
        or only how many flags.
        """
        # Those too that are gone already: what small projects lost one after another counts together.
        now = {name: wanted.get(name) or HashedRuleset.empty(name) for name in {*wanted, *served, *self._lost}}
        for name, before in served.items():
            if not isinstance(before, int) and before is not now[name].ruleset:
                self._lost[name] = self._lost.get(name, Lost()).after(before, now[name].ruleset)
        removals = [self._removal(name, hashed, served.get(name)) for name, hashed in now.items()]
        fresh = self._guard.judge(removals, sum(each.before for each in removals), look)
        confirmed = {each.project for each in removals if each.revision in look.confirmed}
        self._lost = {name: lost for name, lost in self._lost.items() if name not in confirmed}
        if any(isinstance(served.get(name), int) for name in self.held):
            return Choice(None, fresh)
        chosen = {name: hashed.ruleset for name, hashed in wanted.items()}
        chosen |= {name: self._lost[name].put_back(now[name]) for name in self.held}
        if look.listed > self._believed:
            self._believed = look.listed
            self._lost = {name: lost for name, lost in self._lost.items() if name in self.held}
        return Choice(chosen, fresh)

    def _removal(self, name: str, now: HashedRuleset, served: Ruleset | int | None) -> Removal:
        left, revision = len(now.ruleset.flags), now.ruleset.revision
        if isinstance(served, int):
            return Removal(name, revision, served, min(served, left))
        lost = self._lost.get(name, Lost())
        left -= sum(key in now.ruleset.flags for key in lost.flags)
        return Removal(
            *(name, revision, left + len(lost.flags), left),
            cohorts=_counts(lost.cohorts, now.ruleset.cohorts),
            deployments=_counts(lost.deployments, now.ruleset.deployments),
        )


def _counts(lost: Mapping[str, object], left: Mapping[str, object]) -> tuple[int, int]:
    return len(lost) + len(left), len(left)


def _lost(
    lost: Mapping[str, T], before: Mapping[str, T], now: Mapping[str, T], change: Mapping[str, T | Absent]
) -> dict[str, T]:
    kept = {name: value for name, value in lost.items() if name not in now}
    return kept | {name: before[name] for name, value in change.items() if isinstance(value, Absent)}
