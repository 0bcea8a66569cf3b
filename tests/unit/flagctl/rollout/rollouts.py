"""A flag in the middle of its rollout, for the tests of what is shown and asked of it."""

from __future__ import annotations

from typing import Any

RUN = {
    "id": "3fa91c02",
    "plan": {
        "steps": [
            {"percent": "5", "hold": "6h", "minEvaluations": 5000},
            {"percent": "25", "hold": "12h", "approval": True},
            {"percent": "100"},
        ],
        "guards": [{"name": "error-rate", "max": "0.02", "onFailure": "Rollback"}],
    },
    "from": [{"name": "All Other Users", "percent": "0"}],
    "phase": 0,
    "step": 2,
    "guards": [{"name": "error-rate", "value": "0.004"}],
}
ROLLOUT: dict[str, Any] = {
    "phase": "Progressing",
    "reason": "Holding",
    "message": "25 % until 2026-12-01T15:00:00Z, then 100 %",
    "step": "2/3",
    "percent": "25",
    "goal": "100",
    "token": "3fa91c02-1-2",
    "run": RUN,
    "history": [{"at": "2026-12-01T09:00:00Z", "from": "5", "to": "25", "reason": "Step", "by": ""}],
}


def flag(*conditions: tuple[str, str], observed: int = 1, **changed: Any) -> dict[str, Any]:
    told = [{"type": kind, "status": "True", "reason": why, "observedGeneration": observed} for kind, why in conditions]
    status = {
        "observedGeneration": observed,
        "conditions": told,
        "rollout": ROLLOUT | changed,
        "effective": {"allocations": [{"name": "All Other Users", "percent": "25"}]},
    }
    return {"metadata": {"name": "checkout", "generation": 1}, "spec": {}, "status": status}
