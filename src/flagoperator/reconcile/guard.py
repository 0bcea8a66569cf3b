"""Guard: holds back rulesets that would turn off most flags at once, until a second look says the same.

A half-read cluster, a deleted CRD or a lost right looks like many deletions. Nobody is harmed by
serving the flags a minute longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

FEWEST = 10
"""Up to so many flags may go at once, whatever share they are."""
TOLD = 5
"""Most removals that are told one by one."""
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
    """What is known of the cluster. Times are seconds of one clock that never goes back.

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


class Guard:
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
