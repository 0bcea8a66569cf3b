"""Fleet: who leads, how long changes take, and how the replicas stand over all namespaces, as the operator says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Standing:
    """One replica of flagd.

    Attributes:
        name: of its pod.
        ready: whether it gets calls.
        connected_since: RFC 3339; empty where it is not connected.
        behind: namespaces of which it serves an earlier revision.
        refused: namespaces of which it refused the newest.
        lag: seconds for which it has been behind, at most.
    """

    name: str
    ready: bool
    connected_since: str
    behind: int
    refused: int
    lag: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """All of it.

    Attributes:
        leader: identity of the operator that publishes; empty where none does.
        term: number of its term.
        release: of the operator that answered.
        definitions: whether the CRDs are of this release, in words; empty where the operator cannot tell.
        listed_at: RFC 3339, when it listed the cluster last.
        latency: mean seconds from seeing a change to every ready replica serving it; None before the first.
        changes: how many changes that is of.
        replicas: of flagd, by name.
    """

    leader: str
    term: int
    release: str
    definitions: str
    listed_at: str
    latency: float | None
    changes: int
    replicas: tuple[Standing, ...]


def fleet_of(told: Mapping[str, Any]) -> Fleet | None:
    """Return what an operator told; None where it did not answer."""
    if not told:
        return None
    seen = told.get("acknowledged") or {}
    mean = seen.get("meanSeconds")
    return Fleet(
        leader=str(told.get("leader", "")),
        term=int(told.get("term") or 0),
        release=str(told.get("release", "")),
        definitions=_definitions(told.get("outdatedDefinitions")),
        listed_at=str(told.get("listedAt", "")),
        latency=None if mean is None else float(mean),
        changes=int(seen.get("count") or 0),
        replicas=tuple(map(_standing, told.get("replicas") or ())),
    )


def _definitions(outdated: object) -> str:
    if not isinstance(outdated, int):
        return ""
    return f"{outdated} of an older release: apply those of this one" if outdated else "of the same release"


def _standing(told: Mapping[str, Any]) -> Standing:
    return Standing(
        name=str(told.get("name", "")),
        ready=told.get("ready") is True,
        connected_since=str(told.get("connectedSince", "")),
        behind=int(told.get("behind") or 0),
        refused=int(told.get("refused") or 0),
        lag=float(told.get("lagSeconds") or 0),
    )
