"""Cohort: the members of a FlagCohort, sent separately from the flags that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Cohort:
    """A set of users, or of groups of one type.

    Attributes:
        unit: ``User``, or a group type such as ``company``.
        members: user ids, or group names.
    """

    unit: str
    members: frozenset[str]


NAMED_ALONE = frozenset({"set contains any", "set does not contain any", "set contains", "set does not contain"})
"""Operators that ask of cohort ids only whether the named ones are among them."""


def sees_every_cohort(op: str, values: Iterable[str]) -> bool:
    """Return whether a condition on cohort ids depends on other cohorts than the named ones."""
    return op not in NAMED_ALONE or "(none)" in values
