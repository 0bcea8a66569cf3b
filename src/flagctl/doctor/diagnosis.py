"""Diagnosis: all that is to be said of an installation, from two pictures of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.doctor import definitions, lease, pods, releases, resources, rights, rollouts
from flagctl.doctor.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.doctor.picture import Picture

CHECKS = (definitions, releases, pods, lease, rights, resources, rollouts)
FINE = frozenset({Level.OK, Level.NOTE})


def diagnosis(picture: Picture) -> list[Finding]:
    """Return what `picture` shows, part by part, and what it does not show."""
    found = [finding for part in CHECKS for finding in part.check(picture)]
    hidden = [Finding(Level.UNKNOWN, about, text) for about, text in picture.hidden.items()]
    return found + hidden


def needs_another_look(findings: Sequence[Finding]) -> bool:
    """Return whether something of it may go away by itself."""
    return any(each.state for each in findings)


def lasting(before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """Return what `after` says, without what is wrong there and was not so `before`: that is on its way."""
    known = {(each.level, each.about, each.state) for each in before}
    return [
        each
        if not each.state or (each.level, each.about, each.state) in known
        else Finding(Level.NOTE, each.about, f"a moment ago only: {each.text}")
        for each in after
    ]


def exit_code(findings: Sequence[Finding], *, warnings_as_errors: bool) -> int:
    """Return 1 where something is wrong, else 3 where something could not be looked at, else 0."""
    failing = {Level.PROBLEM, Level.WARNING} if warnings_as_errors else {Level.PROBLEM}
    levels = {each.level for each in findings}
    if levels & failing:
        return 1
    return 3 if Level.UNKNOWN in levels else 0
