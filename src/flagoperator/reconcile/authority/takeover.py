"""Takeover: whether a replica that has the Lease may publish, and what is served then.

Anyone who publishes too early takes what is broken or gone for new: nothing is compared with what callers get.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset import Ruleset

FIRST_TERM_SECONDS = 3.0
"""How long a replica is waited for, to say what it serves, where nobody has published before."""
LATER_TERM_SECONDS = 35.0
"""The same where somebody has: replicas that lost their publisher try again within 30 s."""
FRESH_SECONDS = 5.0
"""How old a list may be when the Lease is taken, to publish from it."""


class Verdict(Enum):
    """What a replica is to do."""

    STAND_BY = "another holds the Lease"
    LIST = "the cluster must be listed first"
    WAIT = "replicas must say first what they serve"
    RECALL = "what they serve must be asked of them: a flag has a ramp, and nobody knows where it stands"
    PUBLISH = "what is served is known"
    PUBLISH_UNHEARD = "not every replica has said what it serves, and it was waited for long enough"

    @property
    def publishes(self) -> bool:
        """Whether that is to publish."""
        return self in (Verdict.PUBLISH, Verdict.PUBLISH_UNHEARD)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a term.

    Attributes:
        leads: whether the Lease is held.
        epoch: number of the term; 1 = nobody has led before.
        led_seconds: how long ago the Lease was taken.
        listed_seconds: how long ago the last complete list began.
        publishing: whether anything was published in this term.
        recalled: whether it is known what was served before this process.
        replicas: how many flags each subscribed replica serves, by its name and the project.
        ready: names of the replicas that get calls; None = not known.
        unknown: the projects with flags of which nobody knows where they stand.
    """

    leads: bool
    epoch: int
    led_seconds: float
    listed_seconds: float
    publishing: bool
    recalled: bool
    replicas: Mapping[str, Mapping[str, int]]
    ready: frozenset[str] | None
    unknown: frozenset[str] = frozenset()


def judge(now: Situation) -> Verdict:
    """Return what is to be done: publish once the cluster is known as it is, and what is served."""
    if not now.leads:
        return Verdict.STAND_BY
    if now.listed_seconds > now.led_seconds + FRESH_SECONDS:
        return Verdict.LIST
    if now.publishing or now.recalled:
        return Verdict.PUBLISH
    if not _answered(now):
        longest = FIRST_TERM_SECONDS if now.epoch == 1 else LATER_TERM_SECONDS
        nobody = bool(now.unknown) and not now.replicas  # to whom anything could be published
        return Verdict.WAIT if nobody or now.led_seconds < longest else Verdict.PUBLISH_UNHEARD
    if not _asked_for(now):
        return Verdict.PUBLISH
    return Verdict.RECALL if now.led_seconds < LATER_TERM_SECONDS else Verdict.PUBLISH_UNHEARD


def served(known: Mapping[str, Ruleset], now: Situation) -> Mapping[str, Ruleset | int]:
    """Return what is served by project: rulesets, or the number of flags where that is more than is `known`."""
    found: dict[str, Ruleset | int] = dict(known)
    if now.publishing:
        return found
    for flags_by_project in now.replicas.values():
        for project, flags in flags_by_project.items():
            if flags > _count(found.get(project, 0)):
                found[project] = flags
    return found


def _asked_for(now: Situation) -> bool:
    """Return whether a replica serves flags of a project of which more has to be known."""
    return any(flags.get(project) for flags in now.replicas.values() for project in now.unknown)


def _answered(now: Situation) -> bool:
    """Return whether those replicas have said what they serve that may serve something.

    One that is new and empty may come first, and would hide what the others serve.
    """
    if now.ready is not None:
        return now.ready <= now.replicas.keys()
    return any(map(_serves, now.replicas.values())) or (now.epoch == 1 and bool(now.replicas))


def _serves(flags_by_project: Mapping[str, int]) -> bool:
    return any(flags_by_project.values())


def _count(one: Ruleset | int) -> int:
    return one if isinstance(one, int) else len(one.flags)
