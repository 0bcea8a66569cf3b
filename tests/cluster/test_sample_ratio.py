"""Whether the users of a run are divided as its percentages say: counted, and judged by the operator."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from flagd.backoff import Backoff
from flagd.client import FlagClient
from flagd.client import User as ClientUser
from flagd.client.following import exposed, follower
from flagd.transport.envoy import missing
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.ramping import Ramping, plan, ramped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.stage import Stage

STEPS: list[dict[str, Any]] = [{"percent": 25, "hold": "1h"}, {"percent": 100, "hold": "90d"}]
COUNTRIES = ("DE", "FR", "CA", "US")
USERS = 2_000


@pytest.fixture
def ramping(stage: Stage, tmp_path: Path) -> Ramping:
    return Ramping(stage, tmp_path)


def ask_for_all(ramping: Ramping) -> None:
    """Have both replicas asked for the flags of all users, some of whom both of them see."""
    for start, replica in zip((0, USERS // 4), ramping.replicas.values(), strict=True):
        users = [_user(number) for number in range(start, start + 3 * USERS // 4)]
        with grpc.insecure_channel(replica.listen) as channel:
            ask = EvaluationServiceStub(channel).EvaluateBatch
            for first in range(0, len(users), 500):
                batch = users[first : first + 500]
                ask(EvaluateBatchRequest(project=ramping.stage.namespace, users=batch), timeout=60)


def _user(number: int) -> User:
    user = User(user_id=f"user-{number}")
    user.user_properties.update({"country": COUNTRIES[number % len(COUNTRIES)]})
    return user


def balanced(ramping: Ramping, name: str) -> dict[str, Any]:
    conditions = ramping.stage.get("Flag", name)["status"]["conditions"]
    return next((dict(each) for each in conditions if each["type"] == "Balanced"), {})


def users(ramping: Ramping, name: str) -> float:
    """Return how many users the operator counts of a flag."""
    labels = {"namespace": ramping.stage.namespace, "flag": name, "segment": "All Other Users"}
    arms = {"treated": "on", "control": "off"}
    counts = (
        ramping.operator.metric("flag_rollout_users", **labels, rollout_arm=arm, variant=variant)
        for arm, variant in arms.items()
    )
    return sum(each or 0 for each in counts)


def test_a_key_that_many_users_share_is_reported_and_a_flag_that_is_bucketed_by_its_users_is_not(
    ramping: Ramping,
) -> None:
    country = ramped("by-country", bucketing={"key": "user.properties.country"})
    ramping.stage.apply(plan(steps=STEPS), ramped(), country)
    for name in ("checkout", "by-country"):
        ramping.wait("Holding", "25", name)

    def reported() -> bool:
        ask_for_all(ramping)
        return balanced(ramping, "by-country").get("status") == "False" and users(ramping, "checkout") > USERS * 0.9

    ramping.stage.until(reported, lambda: json.dumps(ramping.stage.get("Flag", "by-country")["status"], indent=1))
    found = balanced(ramping, "by-country")
    assert found["reason"] == "SampleRatioMismatch"
    assert "bucketed by user.properties.country: a value that many of them share" in found["message"]
    assert balanced(ramping, "checkout").get("status") != "False"
    assert users(ramping, "checkout") <= USERS
    labels = {"namespace": ramping.stage.namespace, "flag": "by-country"}
    evidence, limit = (ramping.operator.metric(f"flag_rollout_imbalance{end}", **labels) for end in ("", "_limit"))
    assert evidence is not None
    assert limit is not None
    assert evidence >= limit == 2_000
    table = ramping.stage.kubectl("get", "flags", "-o", "wide")
    assert "BALANCED" in table
    # It is told, and holds nothing up.
    ramping.stage.until(
        lambda: "Balanced" in ramping.stage.kubectl("get", "events", "--field-selector", "reason=RolloutImbalance")
    )
    ramping.after(3_600)
    ramping.wait("Holding", "100", "by-country")
    assert ramping.rollout("by-country")["run"]["ratio"]["found"]["name"] == "All Other Users"


def ask_by_clients(clients: list[FlagClient]) -> None:
    """Have programs that evaluate by themselves ask for the flag, of some users two of them; then cut their streams.

    A new stream begins with the heartbeat at which they tell: of those there are but four a minute.
    """
    for start, client in zip((0, USERS // 4), clients, strict=True):
        for number in range(start, start + 3 * USERS // 4):
            user = ClientUser(f"user-{number}", properties={"country": COUNTRIES[number % len(COUNTRIES)]})
            client.variant("by-country", user)
            client.variant("checkout", user)
        client._evaluation._follower._connection.interrupt()  # type: ignore[attr-defined]


@pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}")
def test_users_of_local_clients_alone_show_that_a_key_is_shared(
    ramping: Ramping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "RECONNECT", Backoff(0.1, 0.1))
    monkeypatch.setattr(exposed, "PAUSE_SECONDS", 0.0)
    country = ramped("by-country", bucketing={"key": "user.properties.country"}, evaluationMode="Local")
    ramping.stage.apply(plan(steps=STEPS), ramped(evaluationMode="Local"), country)
    for name in ("checkout", "by-country"):
        ramping.wait("Holding", "25", name)
    replica = ramping.stage.replica("flagd-2", "--transport", "envoy")  # which alone speaks to them
    with ExitStack() as stack:
        url, project = f"http://{replica.listen}", ramping.stage.namespace
        clients = [stack.enter_context(FlagClient(url, project=project)) for _ in range(2)]
        assert all(client.wait_ready(60) for client in clients)

        def reported() -> bool:
            ask_by_clients(clients)
            return balanced(ramping, "by-country").get("status") == "False" and users(ramping, "checkout") > USERS * 0.9

        ramping.stage.until(reported, lambda: json.dumps(ramping.stage.get("Flag", "by-country")["status"], indent=1))
    assert balanced(ramping, "by-country")["reason"] == "SampleRatioMismatch"
    assert balanced(ramping, "checkout").get("status") != "False"
    assert users(ramping, "checkout") <= USERS
