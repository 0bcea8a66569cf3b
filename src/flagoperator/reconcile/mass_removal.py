"""Mass removal: what is published where a cluster seems to have lost most of its flags: what is left and was lost.

A half-read cluster, a deleted CRD or a lost right looks like many deletions. Nobody is harmed by serving the flags a
minute longer, until a second list says the same. Deletions come one by one, so what counts is everything lost since
the last list that was believed. While a project is held its other changes are published all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from flagd.ruleset.change import Change, find_change
from flagd.ruleset.flag import is_retained
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import Absent

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

    from flagd.ruleset import Cohort, Deployment, EvaluationFlag, Ruleset

T = TypeVar("T")
FEWEST = 10
"""Up to so many flags may go at once, whatever share they are."""
TOLD = 5
"""Most removals that are named one by one."""
FEWEST_OF_KIND = 1
"""Up to so many cohorts or deployments may go at once if there is none left."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What publishing a ruleset would take away.

    Attributes:
        project: whose it is.
        revision: of the ruleset that would be published; confirming it publishes it at once.
        before: flags that are served.
        after: those of them that would be left.
        cohorts: how many are served, and would be left.
        deployments: the same of these.
        unserved: kinds that the API server does not serve, so that nobody knows what is left of them.
    """

    project: str
    revision: str
    before: int
    after: int
    cohorts: tuple[int, int] = (0, 0)
    deployments: tuple[int, int] = (0, 0)
    unserved: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """How many are served and would be left, by what they are."""
        return {"flags": (self.before, self.after), "cohorts": self.cohorts, "deployments": self.deployments}

    @property
    def loses(self) -> frozenset[str]:
        """Of what something would go."""
        return frozenset(what for what, (before, after) in self.counts.items() if after < before)

    def __str__(self) -> str:
        parts = [f"{b - a} of {b} {what}" for what, (b, a) in self.counts.items() if what in self.loses]
        return f"project {self.project}: {', '.join(parts)} would go; revision {self.revision} is held {self._end}"

    @property
    def _end(self) -> str:
        if not self.unserved:
            return "until a second list of the cluster says the same"
        return f"until the API server serves {', '.join(self.unserved)} again and two lists say the same"


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the cluster. Times are seconds of one monotonic clock.

    Attributes:
        now: the time.
        listed: when the last complete list of the cluster was started that can be believed in what it lacks.
        confirmed: revisions that somebody said yes to.
        unserved: kinds that the API server does not serve now.
    """

    now: float
    listed: float
    confirmed: Container[str] = ()
    unserved: Collection[str] = ()


class HeldRemovals:
    """Remembers what is held, by project."""

    def __init__(self) -> None:
        self._held: dict[str, Removal] = {}
        self._since: dict[str, float] = {}

    @property
    def held(self) -> Mapping[str, Removal]:
        """What waits now, by project."""
        return self._held

    def judge(self, removals: Iterable[Removal], served: int, look: Look) -> list[Removal]:
        """Return what is held from now on and was not before.

        Args:
            removals: of every project whose published ruleset would change.
            served: flags that are served now, of all projects.
            look: when and how well the cluster was looked at.
        """
        everything = list(removals)
        removals = [each for each in everything if each.loses]
        left = served - sum(each.before - each.after for each in removals)
        everywhere = is_mass_removal(served, left) or bool(look.unserved)
        gone = _gone(everything)
        held = {
            each.project: replace(each, unserved=tuple(sorted(look.unserved)))
            for each in removals
            if (everywhere or gone & each.loses or is_mass_removal(each.before, each.after))
            and each.revision not in look.confirmed
            and look.listed <= self._since.get(each.project, look.now)
        }
        fresh = [each for project, each in held.items() if self._held.get(project) != each]
        self._since = {project: self._since.get(project, look.now) for project in held}
        self._held = held
        return fresh


def told(held: Sequence[Removal]) -> list[str]:
    """Return what to say of removals that are held from now on: of a few each, of many how many they are."""
    if len(held) <= TOLD:
        return [str(each) for each in held]
    lost = {what: sum(each.counts[what][0] - each.counts[what][1] for each in held) for what in held[0].counts}
    parts = ", ".join(f"{count} {what}" for what, count in lost.items() if count)
    return [*map(str, held[:TOLD]), f"{len(held)} projects together: {parts} would go; /readyz has the revisions"]


def _gone(removals: Sequence[Removal]) -> frozenset[str]:
    """Return of what nothing would be left in any project. Flags are not judged by that: there may be few."""
    totals = {
        what: [sum(counts) for counts in zip(*(each.counts[what] for each in removals), strict=True)]
        for what in ("cohorts", "deployments")
        if removals
    }
    return frozenset(what for what, (before, after) in totals.items() if before > FEWEST_OF_KIND and not after)


def is_mass_removal(before: int, after: int) -> bool:
    """Return whether going from `before` flags to those `after` that stay is more than half, and more than 10."""
    return before - after > max(FEWEST, before / 2)


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


class MassRemovalHold:
    """Remembers what was lost, by project."""

    def __init__(self) -> None:
        self._held = HeldRemovals()
        self._lost: dict[str, Lost] = {}
        self._believed = float("-inf")

    @property
    def held(self) -> Mapping[str, Removal]:
        """What waits now, by project."""
        return self._held.held

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
        fresh = self._held.judge(removals, sum(each.before for each in removals), look)
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
