"""kstatus: what Flux, Config Sync and others read from the status of any object.

The rules of sigs.k8s.io/cli-utils/pkg/kstatus for a kind that it does not know, in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_PROGRESS, CURRENT, FAILED, TERMINATING = "InProgress", "Current", "Failed", "Terminating"


def kstatus(obj: Mapping[str, Any]) -> str:
    """Return IN_PROGRESS, CURRENT, FAILED or TERMINATING."""
    metadata, status = obj["metadata"], obj.get("status", {})
    if metadata.get("deletionTimestamp"):
        return TERMINATING
    if status.get("observedGeneration", metadata.get("generation")) != metadata.get("generation"):
        return IN_PROGRESS
    conditions = status.get("conditions", ())
    for condition in conditions:  # the first one that is there decides
        if condition["status"] == "True" and condition["type"] in ("Reconciling", "Stalled"):
            return IN_PROGRESS if condition["type"] == "Reconciling" else FAILED
    for condition in conditions:
        if condition["type"] == "Ready":
            return CURRENT if condition["status"] == "True" else IN_PROGRESS
    return CURRENT
