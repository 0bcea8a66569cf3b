"""Happening: the last events of flags, as far as one person may read them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flagd.manifest import API_VERSION, KINDS
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.dashboard.live.rights import Sight
    from flagoperator.cluster.api import Api

MOST = 20
_ASKED = "500"
_NO_RIGHT = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


async def last_events(api: Api, sight: Sight, namespaces: Sequence[str]) -> list[dict[str, str]]:
    """Return the last events of what `sight` shows, the newest first; none where events may not be read."""
    paths = [f"/api/v1/namespaces/{name}/events" for name in namespaces] or ["/api/v1/events"]
    found = await asyncio.gather(*(_listed(api, path) for path in paths))
    rows = [_row(event) for events in found for event in events]
    seen = [row for row in rows if sight.may(row["kind"], row["namespace"])]
    return sorted(seen, key=lambda row: row["at"], reverse=True)[:MOST]


async def _listed(api: Api, path: str) -> list[dict[str, Any]]:
    ours = f"involvedObject.apiVersion={API_VERSION}"
    try:
        items: list[dict[str, Any]] = (await api.get(path, fieldSelector=ours, limit=_ASKED))["items"]
    except ApiError as error:
        if error.status in _NO_RIGHT:
            return []
        raise
    return [each for each in items if (each.get("involvedObject") or {}).get("kind") in KINDS]


def _row(event: Mapping[str, Any]) -> dict[str, str]:
    about = event.get("involvedObject") or {}
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    at = next((str(each) for each in times if each), str(event["metadata"].get("creationTimestamp") or ""))
    return {
        "at": at,
        "type": str(event.get("type") or ""),
        "reason": str(event.get("reason") or ""),
        "kind": str(about.get("kind") or ""),
        "namespace": str(about.get("namespace") or ""),
        "name": str(about.get("name") or ""),
        "message": str(event.get("message") or ""),
    }
