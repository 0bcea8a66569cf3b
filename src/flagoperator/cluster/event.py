"""Event: what `kubectl describe` and `kubectl get events` show of a change for the worse."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flagd.manifest import API_VERSION
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api

log = logging.getLogger(__name__)
LONGEST = 1024
COMPONENT = "flagoperator"


def about(ref: ResourceRef, uid: str) -> dict[str, Any]:
    """Return what an event about `ref` refers to."""
    return {"apiVersion": API_VERSION, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name, "uid": uid}


async def warn(api: Api, regarding: Mapping[str, Any], reason: str, message: str) -> None:
    """Post a Warning. An event that cannot be posted is logged and forgotten."""
    now = datetime.now(UTC)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha256(f"{now.timestamp()}{reason}{message}".encode()).hexdigest()[:16]
    namespace = regarding["namespace"]
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": namespace, "name": f"{regarding['name'][:200]}.{digest}"},
        "involvedObject": regarding,
        "type": "Warning",
        "reason": reason,
        "message": message[:LONGEST],
        "source": {"component": COMPONENT},
        "firstTimestamp": stamp,
        "lastTimestamp": stamp,
        "count": 1,
    }
    try:
        await api.create(f"/api/v1/namespaces/{namespace}/events", event)
    except ApiError as error:
        log.warning("event %s of %s: %s", reason, regarding["name"], error)
