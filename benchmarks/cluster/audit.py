"""Audit: what the API server's own log says of the operator: when it listed, and how fast it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.cluster.installation import ACCOUNT, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.control_plane import ControlPlane

OPERATOR = f"system:serviceaccount:{SYSTEM}:{ACCOUNT}"
PAUSE_SECONDS = 0.4
"""Pages of one relist follow each other quicker."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, in seconds since 1970."""

    begin: float
    end: float

    def meets(self, other: Span) -> bool:
        """Whether they have a moment in common."""
        return self.begin <= other.end and other.begin <= self.end


def relists(plane: ControlPlane, namespace: str) -> list[Span]:
    """When the operator listed flags; each from the first page to the answer of the last."""
    spans: list[Span] = []
    for _, page in _calls(plane, namespace, "list"):
        if spans and page.begin - spans[-1].end < PAUSE_SECONDS:
            spans[-1] = Span(spans[-1].begin, max(page.end, spans[-1].end))
        else:
            spans.append(page)
    return spans


def first_statuses(plane: ControlPlane, namespace: str) -> list[Span]:
    """The operator's writes of statuses of flags, up to the one with which every flag had one."""
    writes = sorted(_calls(plane, namespace, "patch"), key=lambda write: write[1].end)
    firsts: dict[str, int] = {}
    for number, (name, _) in enumerate(writes):
        firsts.setdefault(name, number)
    return [span for _, span in writes[: max(firsts.values(), default=-1) + 1]]


def _calls(plane: ControlPlane, namespace: str, verb: str) -> Iterator[tuple[str, Span]]:
    """Name of the flag, where it is one, and from the request to the end of the answer."""
    for event in plane.audit():
        target = event.get("objectRef", {})
        found = (event["verb"], event["user"]["username"], target.get("namespace"), target.get("resource"))
        if found == (verb, OPERATOR, namespace, "flags") and event["stage"] == "ResponseComplete":
            span = Span(_moment(event, "requestReceivedTimestamp"), _moment(event, "stageTimestamp"))
            yield target.get("name", ""), span


def _moment(event: dict[str, Any], name: str) -> float:
    return datetime.fromisoformat(event[name]).timestamp()
