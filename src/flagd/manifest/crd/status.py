"""Status: what the operator writes into a resource, as a schema; nothing here is read from manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.schema import Schema, integer, text

if TYPE_CHECKING:
    from flagd.manifest.kind import Kind

_CONDITION: Schema = {
    "description": "One condition, shaped like those of Kubernetes itself.",
    "type": "object",
    "required": ["type", "status", "reason", "message", "lastTransitionTime"],
    "properties": {
        "type": text("Ready, Published, Reconciling, Stalled or RolledOut.", 316),
        "status": {
            "type": "string",
            "enum": ["True", "False", "Unknown"],
            "description": "True, False or Unknown.",
        },
        "observedGeneration": integer("The generation of the spec that was judged."),
        "lastTransitionTime": {
            "type": "string",
            "format": "date-time",
            "description": "When status changed last.",
        },
        "reason": text("One CamelCase word, such as Compiled, UnknownField or ReferenceMissing."),
        "message": text("For people: what was found, where, and what would be right.", 32_768),
    },
}
_COMMON: Schema = {
    "observedGeneration": integer("The generation of the spec that this status is about; -1 before the first."),
    "conditions": {
        "type": "array",
        "maxItems": 16,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "description": "Ready and Published always; Reconciling and Stalled only while they are true; RolledOut "
        "of flags.",
        "items": _CONDITION,
    },
    "lastHandledReconcileAt": text("The last value seen of the annotation reconcile.fluxcd.io/requestedAt."),
}


def status_of(kind: Kind) -> Schema:
    """Return the schema of the status of `kind`."""
    return {
        "type": "object",
        "description": "What the operator found and what is served; written by the operator alone.",
        # Without it kstatus takes an object that nobody has looked at for ready.
        "default": {"observedGeneration": -1},
        "properties": {**_COMMON, **kind.status},
    }
