"""Guard: holds back a ruleset that would turn off most flags at once, until a second look says the same.

A half-read cluster, a deleted CRD or a lost right looks like many deletions. Nobody is harmed by
serving the flags a minute longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

FEWEST = 10
"""Up to so many flags may go at once, whatever share they are."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What publishing a ruleset would take away.

    Attributes:
        project: whose it is.
        revision: of the ruleset that would be published; confirming it publishes it at once.
        before: flags that are served.
        after: those of them that would be left.
    """

    project: str
    revision: str
    before: int
    after: int

    def __str__(self) -> str:
        return (
            f"project {self.project}: {self.before - self.after} of {self.before} flags would go; "
            f"revision {self.revision} is held until a second list of the cluster says the same"
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the cluster. Times are seconds of one clock that never goes back.

    Attributes:
        now: the time.
        listed: when the last complete list of the cluster was begun.
        confirmed: revisions that somebody said yes to.
    """

    now: float
    listed: float
    confirmed: Container[str] = ()


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
        removals = [each for each in removals if each.before > each.after]
        left = served - sum(each.before - each.after for each in removals)
        everywhere = is_mass_removal(served, left)
        held = {
            each.project: each
            for each in removals
            if (everywhere or is_mass_removal(each.before, each.after))
            and each.revision not in look.confirmed
            and look.listed <= self._since.get(each.project, look.now)
        }
        fresh = [each for project, each in held.items() if self._held.get(project) != each]
        self._since = {project: self._since.get(project, look.now) for project in held}
        self._held = held
        return fresh


def is_mass_removal(before: int, after: int) -> bool:
    """Return whether going from `before` flags to those `after` that stay is more than half, and more than 10."""
    return before - after > max(FEWEST, before / 2)
