"""Guards that compare: a service that counts by arm, a real Prometheus that scrapes it, a real API server."""

from __future__ import annotations

import json
import re
import signal
from typing import TYPE_CHECKING, Any

import pytest

from flagd.transport.envoy import missing
from tests.cluster.counting_service import CountingService
from tests.cluster.ramping import HOUR, Ramping, plan, ramped
from tests.cluster.tracking_service import TrackingService
from tests.wire.prometheus import PrometheusServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.stage import Stage

STEPS: list[dict[str, Any]] = [{"percent": 25, "hold": "90d"}, {"percent": 100}]
"""Held so long that the clock may go on while something is waited for."""
GUARD = {
    "name": "errors",
    "interval": "1m",
    "compare": {
        "failures": 'checkout_failures_total{flag="{{flag}}"}',
        "attempts": 'checkouts_total{flag="{{flag}}"}',
        "minAttempts": 1000,
    },
}


def one_in_fifty(number: int, _arm: str) -> bool:
    return number % 50 == 0


def treated_one_in_ten(number: int, arm: str) -> bool:
    return number % (10 if arm == "treated" else 50) == 0


class Compared(Ramping):
    """A rollout, the service whose errors are compared, and what scrapes it."""

    def __init__(self, stage: Stage, folder: Path, server: PrometheusServer) -> None:
        self.server = server
        super().__init__(stage, folder, "--prometheus-url", server.url)
        replica = next(iter(self.replicas.values()))
        self.service = CountingService(replica.listen, stage.namespace)
        server.scrape({stage.namespace: [self.service.address]})

    def begin(self) -> None:
        """Let a run begin, and the first look be taken."""
        self.stage.apply(plan(steps=STEPS, guards=[GUARD]), ramped())
        self.wait("Holding", "25")
        self.scraped()
        self.after(60)
        self.stage.until(lambda: self.metric("flag_rollout_evalue") == 1)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let ten minutes pass after ten minutes until it is: a busy machine may miss a look."""

        def looked() -> bool:
            self.after(600)
            return is_so()

        self.stage.until(looked, lambda: json.dumps(self.rollout(), indent=1))

    def serve(self, fails: Any) -> dict[str, int]:
        """Serve everybody, and wait until Prometheus knows."""
        arms = self.service.serve(fails)
        self.scraped()
        return arms

    def scraped(self) -> None:
        served = sum(self.service.served.values())
        ours = f'namespace="{self.stage.namespace}"'
        self.stage.until(lambda: self.server.value(f"sum(checkouts_total{{{ours}}})") == served)

    def metric(self, name: str) -> float | None:
        labels = {"namespace": self.stage.namespace, "flag": "checkout", "guard": "errors"}
        return self.operator.metric(name, **labels)

    def compared(self) -> dict[str, Any]:
        """Return what the status says of the comparison."""
        guards = self.rollout().get("run", {}).get("guards") or [{}]
        return dict(guards[0].get("compared", {}))


@pytest.fixture
def compared(stage: Stage, tmp_path: Path) -> Iterator[Compared]:
    folder = tmp_path / "prometheus"
    folder.mkdir()
    with PrometheusServer(folder, {}) as server:
        found = Compared(stage, tmp_path, server)
        with found.service:
            yield found


def test_a_change_that_makes_its_users_fail_is_rolled_back_by_their_own_counts(compared: Compared) -> None:
    compared.begin()
    arms = compared.serve(treated_one_in_ten)
    assert arms[""] == 0
    assert 0.2 < arms["treated"] / sum(arms.values()) < 0.3
    compared.until(lambda: compared.rollout()["reason"] == "GuardFailed")
    back = compared.wait("GuardFailed", "0")
    assert back["phase"] == "RolledBack"
    assert "guard errors failed; errors E " in back["message"]
    counted = re.search(r"control \d+ of (\d+)", back["message"])
    assert counted
    assert 0 < int(counted[1]) <= arms["control"]  # a look may come while users are served
    # Nobody is compared any longer: answers say no arm, once the replica has what the status says.
    compared.stage.until(lambda: compared.service.serve(one_in_fifty)["treated"] == 0)
    events = compared.stage.kubectl("get", "events", "--field-selector", "type=Warning,reason=RolloutGuardFailed")
    assert "guard errors" in events


EVENTS = {
    "name": "errors",
    "interval": "1m",
    "compare": {"events": {"failures": "checkout-failed", "attempts": "checkout"}},
}


@pytest.mark.skipif(bool(missing()), reason=f"Envoy, which carries Connect to clients, cannot run here: {missing()}")
def test_a_service_that_tells_what_its_users_did_is_enough_to_roll_back_without_a_line_of_promql(
    stage: Stage, tmp_path: Path
) -> None:
    folder = tmp_path / "prometheus"
    folder.mkdir()
    with PrometheusServer(folder, {}) as server:
        ramping = Ramping(stage, tmp_path, "--prometheus-url", server.url)
        replica = stage.replica("flagd-for-clients", "--transport", "envoy", operators=(stage.address,))
        with TrackingService(replica.listen, stage.namespace) as service:
            server.scrape({stage.namespace: [service.address]})
            stage.apply(plan(steps=STEPS, guards=[EVENTS]), ramped(evaluationMode="Local"))
            ramping.wait("Holding", "25")
            stage.until(lambda: service.arms == {"treated", "control"})
            ours = f'{{namespace="{stage.namespace}",event="checkout"}}'
            total = f"sum(flagd_client_events_total{ours})"
            stage.until(lambda: server.value(total) == 0)
            ramping.after(60)
            labels = {"namespace": stage.namespace, "flag": "checkout", "guard": "errors"}
            stage.until(lambda: ramping.operator.metric("flag_rollout_evalue", **labels) == 1)
            arms = service.serve(treated_one_in_ten)
            stage.until(lambda: server.value(total) == sum(arms.values()))
            ramping.after(60)
            back = ramping.wait("GuardFailed", "0")
            assert "guard errors failed; errors E " in back["message"]
            stage.until(lambda: service.arms == {""})


def test_equal_errors_let_a_run_go_on_to_where_nobody_is_left_to_compare_with(compared: Compared) -> None:
    compared.begin()
    arms = compared.serve(one_in_fifty)
    counted = str(float(arms["control"]))
    compared.until(lambda: compared.compared().get("control", {}).get("attempts") == counted)
    compared.after(90 * 24 * HOUR)
    compared.stage.wait("checkout", RolledOut="True")
    assert arms["control"] > 0
    compared.stage.until(lambda: compared.service.serve(one_in_fifty)["control"] == 0)


def test_another_operator_goes_on_with_the_evidence_and_loses_no_count(compared: Compared) -> None:
    compared.begin()
    first = compared.serve(one_in_fifty)
    counted = str(float(first["treated"]))
    compared.until(lambda: compared.compared().get("treated", {}).get("attempts") == counted)
    compared.operator.signal(signal.SIGKILL)
    compared.operator.wait()
    compared.stage.expire_lease()
    second = compared.serve(one_in_fifty)
    compared.operator = compared.start()
    compared.stage.until(lambda: len(compared.operator.replicas()) == 2)
    both = {arm: str(float(first[arm] + second[arm])) for arm in ("treated", "control")}
    compared.until(lambda: {arm: compared.compared().get(arm, {}).get("attempts") for arm in both} == both)


def test_counters_without_arms_let_nobody_in_and_take_nobody_back(compared: Compared) -> None:
    blind = {**GUARD, "consecutiveErrorLimit": 0, "compare": {"failures": "down", "attempts": "up"}}
    compared.stage.apply(plan(steps=STEPS, guards=[blind]), ramped())
    paused = compared.wait("Inconclusive", "25")
    assert "no series of attempts has the label rollout_arm" in paused["message"]
