"""Replica: one flagd, and what it serves of a flag, as the operator says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DIFFERS = "differs"
"""The filter that leaves those that do not serve the newest form."""


@dataclass(frozen=True, slots=True)
class Replica:
    """One replica.

    Attributes:
        name: of its pod.
        ready: whether it gets calls.
        revision: content hash of the ruleset of the namespace that it serves; empty where it serves none.
        current: whether the newest form of the flag is in it.
        generation: of the manifest that it serves; empty where that is an earlier one.
        percent: how far the flag reaches there, text; empty where that is not known.
        lag: seconds from the publication until it served it, or for which it has not.
        since: RFC 3339, when it said that it serves this revision.
        refused: why it refused the newest ruleset; empty where it did not.
    """

    name: str
    ready: bool
    revision: str
    current: bool
    generation: str
    percent: str
    lag: float
    since: str
    refused: str


def replicas_of(told: Mapping[str, Any]) -> tuple[Replica, ...]:
    """Return the replicas that an operator told of, by name; none where it did not answer."""
    return tuple(_replica(each) for each in told.get("replicas") or ())


def only(replicas: tuple[Replica, ...], which: str) -> tuple[Replica, ...]:
    """Return those of `replicas` that are asked for: all, unless `which` is `DIFFERS`."""
    return tuple(each for each in replicas if which != DIFFERS or not each.current)


def _replica(told: Mapping[str, Any]) -> Replica:
    return Replica(
        name=str(told.get("name", "")),
        ready=told.get("ready") is True,
        revision=str(told.get("revision", "")),
        current=told.get("current") is True,
        generation=str(told.get("generation") or ""),
        percent=str(told.get("percent", "")),
        lag=float(told.get("lagSeconds") or 0),
        since=str(told.get("since", "")),
        refused=str(told.get("refused", "")),
    )
