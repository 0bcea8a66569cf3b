"""Snapshot: one revision of one project, ready to answer from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import eq
from typing import TYPE_CHECKING

from flagd.engine import Engine
from flagd.ruleset.persistent import difference

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision of one project, ready to answer from.

    Attributes:
        ruleset: what it was made of.
        engine: the same, compiled.
        as_of: when its source last knew it to be current, in seconds since 1970.
        stale: whether its source has been out of touch since.
    """

    ruleset: Ruleset
    engine: Engine
    as_of: float
    stale: bool = False

    @classmethod
    def make(cls, ruleset: Ruleset, previous: Snapshot | None, as_of: float) -> Snapshot:
        """Compile `ruleset`; flags that are the same objects as in `previous` are not compiled again."""
        if previous is None:
            return cls(ruleset, Engine(ruleset.flags.values(), ruleset.cohorts), as_of)
        before = previous.ruleset
        if difference(before.cohorts, ruleset.cohorts, eq):
            engine = Engine(ruleset.flags.values(), ruleset.cohorts, previous=previous.engine)
            return cls(ruleset, engine, as_of)
        changed = difference(before.flags, ruleset.flags, lambda _one, _other: False)
        return cls(ruleset, previous.engine.update(ruleset.flags, changed, ruleset.cohorts), as_of)

    @property
    def revision(self) -> str:
        """Content hash of the ruleset."""
        return self.ruleset.revision

    def at(self, as_of: float) -> Snapshot:
        """Return the same, known to be current at `as_of`."""
        return replace(self, as_of=as_of, stale=False)

    def lost(self) -> Snapshot:
        """Return the same, out of touch with its source."""
        return replace(self, stale=True)
