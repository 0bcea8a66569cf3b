"""Guards and counts on a real API server: two replicas, a real Prometheus, a clock of the test's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.kstatus import CURRENT, FAILED, kstatus
from tests.cluster.ramping import HOUR, Ramping, plan, ramped
from tests.wire.prometheus import PrometheusServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.stage import Stage

USERS = 20_000
BATCH = 1_000
STEPS: list[dict[str, Any]] = [{"percent": 25, "hold": "1h"}, {"percent": 100, "hold": "1h"}]
ANSWERS = 'sum(flagd_evaluations_total{flag="{{flag}}",variant="{{variant}}"}) or vector(0)'


class Guarded(Ramping):
    """A rollout with a Prometheus, which scrapes both replicas as pods of the namespace."""

    def __init__(self, stage: Stage, folder: Path, server: PrometheusServer) -> None:
        self.server = server
        super().__init__(stage, folder, "--prometheus-url", server.url)
        server.scrape({stage.namespace: [each.management for each in self.replicas.values()]})
        stage.until(lambda: server.value(f'sum(up{{namespace="{stage.namespace}"}})') == 2)

    def minute(self) -> None:
        """Let a minute pass, at whose end guards are measured again."""
        self.after(60)

    def let_in(self) -> set[int]:
        """Ask both replicas who of 20,000 users gets the flag; return them."""
        first, second = (_let_in(each.listen, self.stage.namespace) for each in self.replicas.values())
        assert first == second
        return first

    def evidence(self) -> dict[str, Any]:
        """Return what the status says of the guard."""
        found = self.rollout().get("run", {}).get("guards") or [{}]
        return dict(found[0])


def _let_in(address: str, project: str) -> set[int]:
    found: set[int] = set()
    with grpc.insecure_channel(address) as channel:
        ask = EvaluationServiceStub(channel).EvaluateBatch
        for start in range(0, USERS, BATCH):
            users = [User(user_id=f"user-{number}") for number in range(start, start + BATCH)]
            request = EvaluateBatchRequest(project=project, users=users, flag_keys=["checkout"])
            results = ask(request, timeout=60).results
            found |= {start + at for at, each in enumerate(results) if each.variants["checkout"].key == "on"}
    return found


@pytest.fixture
def guarded(stage: Stage, tmp_path: Path) -> Iterator[Guarded]:
    folder = tmp_path / "prometheus"
    folder.mkdir()
    with PrometheusServer(folder, {}) as server:
        yield Guarded(stage, tmp_path, server)


def guard(query: str = ANSWERS, **spec: Any) -> dict[str, Any]:
    return {"name": "answers", "prometheus": {"query": query}, "interval": "1m", "max": 1} | spec


def test_a_guard_that_fails_takes_out_exactly_the_users_that_the_run_let_in(guarded: Guarded):
    guarded.stage.apply(ramped(percent=10, ramp={"immediate": True}))
    guarded.stage.wait("checkout", Published="True", RolledOut="True")
    before = guarded.let_in()
    assert 0.09 * USERS < len(before) < 0.11 * USERS
    ours = f'namespace="{guarded.stage.namespace}"'
    seen = len(before) * 2
    guarded.stage.until(lambda: guarded.server.value(f"sum(flagd_evaluations_total{{{ours},variant='on'}})") == seen)
    guarded.stage.apply(plan(steps=STEPS, guards=[guard(max=seen, failureLimit=1)]), ramped())
    guarded.wait("Holding", "25")
    guarded.stage.until(lambda: guarded.operator.metric("flag_rollout_guard_value", **labels(guarded)) == seen)
    between = guarded.let_in()
    assert before < between
    guarded.stage.until(
        lambda: (guarded.server.value(f"sum(flagd_evaluations_total{{{ours},variant='on'}})") or 0) > seen
    )
    guarded.minute()
    guarded.stage.until(lambda: guarded.operator.metric("flag_rollout_guard_failures_total", **labels(guarded)) == 1)
    assert guarded.rollout()["phase"] == "Progressing"
    guarded.minute()
    back = guarded.wait("GuardFailed", "10")
    assert back["phase"] == "RolledBack"
    assert "guard answers failed" in back["message"]
    guarded.stage.wait("checkout", Ready="RolledBack", Stalled="True", Published="True")
    assert guarded.let_in() == before
    assert kstatus(guarded.stage.get("Flag", "checkout")) == FAILED
    events = guarded.stage.kubectl("get", "events", "--field-selector", "type=Warning,reason=RolloutGuardFailed")
    assert "guard answers" in events


def test_without_prometheus_a_rollout_pauses_and_goes_on_when_it_is_back(guarded: Guarded):
    guarded.stage.apply(plan(steps=STEPS, guards=[guard(max=10_000, consecutiveErrorLimit=1)]), ramped())
    guarded.wait("Holding", "25")
    guarded.server.stop()
    guarded.minute()
    guarded.stage.until(lambda: guarded.operator.metric("flag_rollout_guard_errors", **labels(guarded)) == 1)
    guarded.minute()
    paused = guarded.wait("Inconclusive", "25")
    assert (paused["phase"], kstatus(guarded.stage.get("Flag", "checkout"))) == ("Paused", CURRENT)
    assert "Prometheus cannot be asked" in paused["message"]
    guarded.after(48 * HOUR)
    guarded.wait("Inconclusive", "25")
    guarded.server.start()
    guarded.stage.until(lambda: guarded.server.value(f'sum(up{{namespace="{guarded.stage.namespace}"}})') == 2)
    guarded.minute()
    guarded.wait("Holding", "25")
    guarded.after(HOUR)
    guarded.wait("Holding", "100")


def test_an_operator_that_knows_no_prometheus_says_so_and_moves_nobody_on(stage: Stage, tmp_path: Path):
    ramping = Ramping(stage, tmp_path)
    ramping.stage.apply(plan(steps=STEPS, guards=[guard(consecutiveErrorLimit=0)]), ramped())
    paused = ramping.wait("Inconclusive", "25")
    assert "run it with --prometheus-url" in paused["message"]


def test_no_guard_reads_what_another_namespace_measures(guarded: Guarded):
    guarded.server.scrape({"elsewhere": [each.management for each in guarded.replicas.values()]})
    guarded.stage.until(lambda: guarded.server.value('sum(up{namespace="elsewhere"})') == 2)
    query = 'sum(up{namespace="elsewhere"}) or vector(0)'
    guarded.stage.apply(plan(steps=STEPS, guards=[guard(query, max=0)]), ramped())
    guarded.wait("Holding", "25")
    guarded.stage.until(lambda: guarded.operator.metric("flag_rollout_guard_value", **labels(guarded)) == 0)


def test_a_step_waits_until_replicas_have_counted_enough_answers(guarded: Guarded):
    steps = [{"percent": 25, "hold": "1m", "minEvaluations": 1_000}, {"percent": 100}]
    guarded.stage.apply(plan(steps=steps), ramped())
    guarded.wait("Holding", "25")
    guarded.after(60)
    waits = guarded.wait("AwaitingEvaluations", "25")
    assert "of 1000 answers" in waits["message"]

    def asked() -> bool:
        for each in guarded.replicas.values():
            _let_in(each.listen, guarded.stage.namespace)
        return bool(guarded.rollout()["percent"] == "100")

    guarded.stage.until(asked, lambda: json.dumps(guarded.rollout()))


def labels(guarded: Guarded) -> dict[str, str]:
    return {"namespace": guarded.stage.namespace, "flag": "checkout", "guard": "answers"}
