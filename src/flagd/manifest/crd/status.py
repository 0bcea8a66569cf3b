"""Status: what the operator writes into each kind, as schemas; nothing here is read from manifests."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _text(description: str, longest: int = 1024) -> Schema:
    return {"type": "string", "maxLength": longest, "description": description}


def _integer(description: str) -> Schema:
    return {"type": "integer", "format": "int64", "description": description}


_CONDITION: Schema = {
    "description": "One condition, shaped like those of Kubernetes itself.",
    "type": "object",
    "required": ["type", "status", "reason", "message", "lastTransitionTime"],
    "properties": {
        "type": _text("Ready, Published, Reconciling or Stalled.", 316),
        "status": {
            "type": "string",
            "enum": ["True", "False", "Unknown"],
            "description": "True, False or Unknown.",
        },
        "observedGeneration": _integer("The generation of the spec that was judged."),
        "lastTransitionTime": {
            "type": "string",
            "format": "date-time",
            "description": "When status changed last.",
        },
        "reason": _text("One CamelCase word, such as Compiled, Invalid or ReferenceMissing."),
        "message": _text("For people: what was found, where, and what would be right.", 32_768),
    },
}
_COMMON: Schema = {
    "observedGeneration": _integer("The generation of the spec that this status is about; -1 before the first."),
    "conditions": {
        "type": "array",
        "maxItems": 16,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "description": "Ready and Published always; Reconciling and Stalled only while they are true.",
        "items": _CONDITION,
    },
    "lastHandledReconcileAt": _text("The last value seen of the annotation reconcile.fluxcd.io/requestedAt."),
}
_USERS: Schema = {
    "usedBy": {
        "type": "array",
        "maxItems": 100,
        "x-kubernetes-list-type": "atomic",
        "description": "Who refers to this, as Kind/name; the first 100.",
        "items": _text("Kind/name.", 317),
    },
    "usedByCount": _integer("How many refer to this."),
}
_FLAG: Schema = {
    "published": _text(
        "How many replicas of how many serve it: 3/3, or 3/3 (gen 1) while an earlier form is served.", 48
    ),
    "revision": _text("Hash of the compiled flag; other flags do not change it.", 128),
    "shortRevision": _text("The first 8 digits of revision, for tables.", 8),
    "servedGeneration": _integer("The generation that is served; lower than the newest while that one is invalid."),
    "effective": {
        "type": "object",
        "description": "What the flag comes to with all defaults filled in.",
        "properties": {
            "rollout": _text("Percent of All Other Users and the number of segments; absent while inactive.", 64),
            "percent": _text("Percent of All Other Users, as a string.", 16),
            "variants": _text("Keys of the variants, in order.", 4096),
            "salt": _text("What is hashed before the bucketing value.", 256),
        },
    },
}


def status_of(kind: str) -> Schema:
    """Return the schema of the status of `kind`."""
    own = _FLAG if kind == "Flag" else _USERS
    return {
        "type": "object",
        "description": "What the operator found and what is served; written by the operator alone.",
        # Without it kstatus takes an object that nobody has looked at for ready.
        "default": {"observedGeneration": -1},
        "properties": {**_COMMON, **own},
    }
