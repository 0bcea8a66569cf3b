"""Cohort: the members of a FlagCohort, sent separately from the flags that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.ruleset.hashed_ids import HashedIds

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Cohort:
    """A set of users, or of groups of one type.

    Attributes:
        unit: ``User``, or a group type such as ``company``.
        members: user ids, or group names; of a list that was fetched, the hashes of them.
        as_of: since when such a list is as it is, in seconds since 1970; 0 for members that a manifest names, and for
            a list that is not read.
    """

    unit: str
    members: frozenset[str] | HashedIds
    as_of: int = 0

    @property
    def listed(self) -> bool:
        """Whether it is made from a list, whose ids are known by their hashes alone."""
        return isinstance(self.members, HashedIds)


NAMED_ALONE = frozenset({"set contains any", "set does not contain any", "set contains", "set does not contain"})
"""Operators that ask of cohort ids only whether the named ones are among them."""


def sees_every_cohort(op: str, values: Iterable[str]) -> bool:
    """Return whether a condition on cohort ids depends on other cohorts than the named ones."""
    return op not in NAMED_ALONE or "(none)" in values
