"""Telling: of what a lookup of several flags events are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of one lookup.

    Attributes:
        exposures: whether the user was exposed to each of the flags.
        assignment: whether the user was assigned to all of them.
    """

    exposures: bool
    assignment: bool

    @classmethod
    def usual(cls, *, named: bool) -> Self:
        """Return what is told unless the caller says otherwise: exposures of flags that were `named`."""
        return cls(exposures=named, assignment=not named)
