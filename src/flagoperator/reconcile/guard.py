"""Guard: holds back a ruleset that would turn off most flags at once, until a second look says the same.

A half-read cluster, a deleted CRD or a lost right looks like many deletions. Nobody is harmed by
serving the flags a minute longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

FEWEST = 10
"""Up to so many flags may go at once, whatever share they are."""


@dataclass(frozen=True, slots=True)
class Held:
    """A ruleset that waits.

    Attributes:
        project: whose it is.
        revision: of the ruleset that would be published; confirming it publishes it at once.
        before: flags that are served.
        after: those of them that would be left.
        since: when it was first held, in seconds of the clock that `Guard.judge` is given.
    """

    project: str
    revision: str
    before: int
    after: int
    since: float

    def __str__(self) -> str:
        return (
            f"project {self.project}: {self.before - self.after} of {self.before} flags would go; "
            f"revision {self.revision} is held until a second list of the cluster says the same"
        )


class Guard:
    """Remembers what is held, by project."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}

    @property
    def held(self) -> Collection[Held]:
        """What waits now."""
        return self._held.values()

    def judge(self, removal: Held, *, listed: float, confirmed: Collection[str]) -> Held | None:
        """Return None if the ruleset may be published, else what is held.

        Args:
            removal: the ruleset and what it would do; `since` is now.
            listed: when the last complete list of the cluster was begun, by the same clock as `since`.
            confirmed: revisions that somebody said yes to.
        """
        held = self._held.get(removal.project)
        if not is_mass_removal(removal.before, removal.after) or removal.revision in confirmed:
            self._held.pop(removal.project, None)
            return None
        if held is not None and listed > held.since:
            del self._held[removal.project]
            return None
        since = removal.since if held is None else held.since
        held = Held(removal.project, removal.revision, removal.before, removal.after, since)
        self._held[removal.project] = held
        return held

    def forget(self, project: str) -> None:
        """Hold nothing of `project` any more."""
        self._held.pop(project, None)


def is_mass_removal(before: int, after: int) -> bool:
    """Return whether going from `before` flags to those `after` that stay is more than half, and more than 10."""
    return before - after > max(FEWEST, before / 2)
