"""Staleness: why a flag may be ripe for removal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flagd.manifest import Flag
    from flagd.ruleset import EvaluationFlag
    from flagd.ruleset.flag import EvaluationSegment


class StaleReason(StrEnum):
    """What makes a flag a candidate."""

    EXPIRED = "Expired"
    SERVES_NOBODY = "ServesNobody"
    SERVES_EVERYBODY = "ServesEverybody"
    NEVER_ASKED = "NeverAsked"


@dataclass(frozen=True, slots=True)
class Stale:
    """One reason why one flag may go.

    Attributes:
        project: its namespace.
        flag: its key.
        owner: who answers for it; empty where the manifest does not say.
        reason: why.
        detail: the same with its particulars, for people.
    """

    project: str
    flag: str
    owner: str
    reason: StaleReason
    detail: str


def staleness(
    flag: Flag, compiled: EvaluationFlag | None, today: date, asked: Collection[tuple[str, str]] | None
) -> Iterator[Stale]:
    """Yield every reason why `flag` may go.

    Args:
        flag: the manifest.
        compiled: what it compiles to; None where it does not.
        today: the date that `expires` is compared with.
        asked: project and key of the flags that servers were asked for; None = not known.
    """
    project = flag.metadata.namespace
    details: Mapping[StaleReason, str | None] = {
        StaleReason.EXPIRED: _expired(flag.spec.expires, today),
        **(_same_for_all(flag, compiled) if compiled else {}),
        StaleReason.NEVER_ASKED: "no evaluation since the server started"
        if asked is not None and (project, flag.key) not in asked
        else None,
    }
    for reason, detail in details.items():
        if detail is not None:
            yield Stale(project, flag.key, flag.spec.owner or "", reason, detail)


def outcomes(compiled: EvaluationFlag) -> frozenset[str]:
    """Return the keys of the variants that some user may get."""
    keys: set[str] = set()
    for segment in compiled["segments"]:
        if segment.get("conditions") == []:
            continue
        keys.update(_of_bucket(segment))
        default = segment.get("variant")
        if default is not None:
            keys.add(default)
            if not segment.get("conditions"):
                break
    return frozenset(keys)


def _of_bucket(segment: EvaluationSegment) -> Iterator[str]:
    bucket = segment.get("bucket")
    for allocation in bucket["allocations"] if bucket else ():
        for distribution in allocation["distributions"]:
            yield distribution["variant"]


def _expired(expires: str | None, today: date) -> str | None:
    if expires is None:
        return None
    try:
        days = (today - date.fromisoformat(expires)).days
    except ValueError:
        return f"expires on {expires}, which is not a date"
    return f"expired on {expires}, {days} day{'' if days == 1 else 's'} ago" if days > 0 else None


def _same_for_all(flag: Flag, compiled: EvaluationFlag) -> Mapping[StaleReason, str | None]:
    keys = outcomes(compiled)
    if len(keys) != 1:
        return {}
    (key,) = keys
    if key != "off":
        return {StaleReason.SERVES_EVERYBODY: f'everybody gets "{key}"'}
    why = "0 %" if flag.spec.active else "inactive, without testers"
    return {StaleReason.SERVES_NOBODY: f'everybody gets "off": {why}'}
