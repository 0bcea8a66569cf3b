"""Rollout status: what the operator writes into a flag about its rollout, as a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.schema import text

if TYPE_CHECKING:
    from flagd.manifest.schema import Schema

ALLOCATIONS: Schema = {
    "type": "array",
    "maxItems": 1001,
    "x-kubernetes-list-type": "atomic",
    "description": "How far each segment, and All Other Users, reach now.",
    "items": {
        "type": "object",
        "description": "One of them.",
        "properties": {
            "name": text("Name of the segment, or All Other Users.", 256),
            "percent": text("Effective percent, as a string.", 16),
            "conditions": text("Hash of whom it takes; by it a renamed segment is known.", 64),
        },
    },
}


def _entries(description: str, most: int, **fields: Schema) -> Schema:
    return {
        "type": "array",
        "maxItems": most,
        "x-kubernetes-list-type": "atomic",
        "description": description,
        "items": {"type": "object", "description": "One entry.", "properties": fields},
    }


ROLLOUT: Schema = {
    "type": "object",
    "description": "Where the rollout of a flag with a ramp stands; an operator that is restarted goes on from it.",
    "properties": {
        "phase": text("Idle, Progressing, Paused, Completed or RolledBack.", 32),
        "reason": text("Why, as one CamelCase word, such as Holding or AwaitingApproval.", 64),
        "message": text("The same for people.", 1024),
        "step": text("How many steps of the phase were taken, and how many there are: 2/4.", 16),
        "percent": text("Effective percent of the lowest allocation that rises.", 16),
        "goal": text("Its goal.", 16),
        "nextStepAt": text("When the next step is taken, if nothing comes between.", 32),
        "token": text("What a verb quotes: the run, its phase and its step.", 64),
        "governed": {"type": "boolean", "description": "Whether a ramp has the say."},
        "run": {
            "type": "object",
            "description": "The run, with the plan that it began with; for the operator itself.",
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "handled": _entries(
            "The last request of each verb that was heard.",
            16,
            verb=text("Such as approve.", 16),
            token=text("What it quoted.", 256),
            by=text("Who asked.", 256),
            at=text("When.", 32),
        ),
        "history": _entries(
            "What happened, the newest last.",
            10,
            at=text("When.", 32),
            **{"from": text("Percent before.", 16)},
            to=text("Percent after.", 16),
            reason=text("One CamelCase word.", 64),
            by=text("Who asked for it.", 256),
        ),
    },
}
