"""What is said in a status is true, and it is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

from tests.cluster.stage import flag


def writes(stage: Stage, name: str) -> list[dict[str, Any]]:
    """Return the writes of the operator to the resource `name` of the stage, from the audit log."""
    return [
        entry
        for entry in stage.plane.audit()
        if entry["user"]["username"].endswith(":flagoperator")
        and entry["verb"] not in {"list", "watch"}
        and f"/namespaces/{stage.namespace}/" in entry["requestURI"]
        and entry["objectRef"]["name"] == name
    ]


def test_a_change_reaches_every_replica_and_costs_two_writes(stage: Stage):
    operator = stage.operator()
    replicas = [stage.replica(f"flagd-{number}") for number in range(2)]
    stage.until(lambda: len(operator.replicas()) == 2)
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Ready="True", Published="True")
    stage.apply(flag("checkout", 100))
    found = stage.wait("checkout", Published="True")
    assert [stage.answer(each, "checkout")[0] for each in replicas] == ["on", "on"]
    status = found["status"]
    assert status["published"] == "2/2"
    assert status["observedGeneration"] == status["servedGeneration"] == 2
    assert status["effective"] == {"percent": "100", "variants": "on", "salt": "checkout"}
    assert {each["type"] for each in status["conditions"]} == {"Ready", "Published"}
    assert len(writes(stage, "checkout")) == 4
