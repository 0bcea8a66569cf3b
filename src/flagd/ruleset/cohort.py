"""Cohort: the members of a FlagCohort; travels beside the flags that name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cohort:
    """A set of users, or of groups of one type.

    Attributes:
        unit: ``User``, or a group type such as ``company``.
        members: user ids, or group names.
    """

    unit: str
    members: frozenset[str]
