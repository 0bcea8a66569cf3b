"""Staleness: why a flag may be ready for removal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from flagd.ruleset.outcomes import settled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flagctl.files.lasting import Lasting
    from flagd.manifest import Flag
    from flagd.ruleset import EvaluationFlag


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
    flag: Flag,
    compiled: EvaluationFlag | None,
    today: date,
    asked: Collection[tuple[str, str]] | None,
    lasting: Lasting | None = None,
) -> Iterator[Stale]:
    """Yield every reason why `flag` may go.

    Args:
        flag: the manifest.
        compiled: what it compiles to; None where it does not.
        today: the date that `expires` is compared with.
        asked: project and key of the flags that servers were asked for; None = not known.
        lasting: what a cluster says of how long everybody has had the same; None = however long.
    """
    project = flag.metadata.namespace
    details: Mapping[StaleReason, str | None] = {
        StaleReason.EXPIRED: _expired(flag.spec.expires, today),
        **(_same_for_all(flag, compiled, lasting) if compiled else {}),
        StaleReason.NEVER_ASKED: "no evaluation since the server started"
        if asked is not None and (project, flag.key) not in asked
        else None,
    }
    for reason, detail in details.items():
        if detail is not None:
            yield Stale(project, flag.key, flag.spec.owner or "", reason, detail)


def _expired(expires: str | None, today: date) -> str | None:
    if expires is None:
        return None
    try:
        days = (today - date.fromisoformat(expires)).days
    except ValueError:
        return f"expires on {expires}, which is not a date"
    return f"expired on {expires}, {days} day{'' if days == 1 else 's'} ago" if days > 0 else None


def _same_for_all(flag: Flag, compiled: EvaluationFlag, lasting: Lasting | None) -> Mapping[StaleReason, str | None]:
    found = settled(compiled)
    since = None if found is None or lasting is None else lasting.told(flag.ref, found)
    if found is None or (lasting is not None and since is None):
        return {}
    detail = f'everybody gets "{found.variant}"{f" {since}" if since else ""}'
    if found.variant != "off":
        return {StaleReason.SERVES_EVERYBODY: detail}
    why = "0 %" if flag.spec.active else "inactive, without testers"
    return {StaleReason.SERVES_NOBODY: f"{detail}: {why}"}
