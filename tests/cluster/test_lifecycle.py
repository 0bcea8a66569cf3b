"""Operators come and go; answers stay, and one operator at a time decides."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from flagd.last_good.file import FILE_NAME
from tests.cluster.stage import flag
from tests.cluster.test_status import BROKEN
from tests.cluster.traffic import Traffic
from tests.ports import free_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage

CONFIRM = "flagoperator.dev/confirm-removal"


def kill(process: Any) -> None:
    process.signal(signal.SIGKILL)
    process.wait()


def served(stage: Stage, operator: Operator) -> str:
    """Return the revision that the operator publishes."""
    return str(operator.state()["projects"].get(stage.namespace, ""))


def test_a_killed_operator_finds_again_what_was_served(stage: Stage):
    address = free_address()
    operator = stage.operator()
    replica = stage.replica("flagd-0", "--ruleset-listen", address)
    stage.apply(flag("bad"), flag("good"), flag("gone"))
    for name in ("bad", "good", "gone"):
        stage.wait(name, Published="True")
    stage.apply(flag("bad", 0, segments=BROKEN))
    stage.wait("bad", Published="LastGood")
    kill(operator)
    stage.delete("Flag", "gone")
    stage.apply(flag("good", 0))
    assert stage.variant(replica, "bad") == "on"
    stage.expire_lease()
    stage.operator("--peers", address)
    status = stage.wait("good", Published="True")["status"]
    assert status["published"] == "1/1"
    assert stage.variant(replica, "good") == "off"
    assert stage.answer(replica, "gone")[0] == ""
    assert stage.variant(replica, "bad") == "on", "its manifest is no longer known to anybody"
    assert stage.get("Flag", "bad")["status"]["servedGeneration"] == 1


def test_a_killed_operator_remembers_what_it_kept_on_disk(stage: Stage, tmp_path: Path):
    operator = stage.operator("--state-dir", str(tmp_path))
    replica = stage.replica("flagd-0")
    stage.apply(flag("bad"))
    stage.wait("bad", Published="True")
    stage.apply(flag("bad", 0, segments=BROKEN))
    stage.wait("bad", Published="LastGood")
    revision = served(stage, operator)
    stage.until(lambda: revision in _kept(tmp_path))
    kill(operator)
    stage.expire_lease()
    operator = stage.operator("--state-dir", str(tmp_path))
    stage.until(lambda: served(stage, operator) == revision)
    assert stage.variant(replica, "bad") == "on"


def test_one_of_two_operators_decides_and_the_other_takes_over_at_once(stage: Stage):
    first = stage.operator()
    stage.until(lambda: first.state()["leading"])
    other = free_address()
    second = stage.operator(listen=other)
    with Traffic(stage, stage.replicas(operators=(stage.address, other))) as traffic:
        stage.until(lambda: second.replicas() and second.replicas() == first.replicas())
        assert not second.state()["leading"]
        first.stop()
        traffic.flow(10)
    assert second.state()["leading"]
    assert second.state()["epoch"] > 1


def test_the_other_operator_takes_over_from_a_killed_one(stage: Stage):
    first = stage.operator()
    stage.until(lambda: first.state()["leading"])
    other = free_address()
    second = stage.operator(listen=other)
    with Traffic(stage, stage.replicas(operators=(stage.address, other))) as traffic:
        stage.until(lambda: len(second.replicas()) == 2)
        kill(first)
        stage.until(lambda: second.state()["leading"])
        traffic.flow(10)
    stage.apply(flag("checkout"))
    assert stage.wait("checkout", Published="True")["status"]["published"] == "2/2"


@pytest.mark.parametrize(
    "spec",
    [
        {"holderIdentity": ""},
        pytest.param({"holderIdentity": "nobody", "leaseDurationSeconds": 2**31 - 1}, marks=pytest.mark.long),
    ],
)
def test_a_lease_beyond_counting_heals(stage: Stage, spec: dict[str, Any]):
    first = stage.operator()
    stage.until(lambda: first.state()["leading"])
    other = free_address()
    second = stage.operator(listen=other)
    replica = stage.replica("flagd-0", operators=(stage.address, other))
    stage.until(second.replicas)
    stage.apply(flag("old"))
    stage.wait("old", Published="True")
    counted = stage.lease()["leaseTransitions"]
    stage.write_lease(leaseTransitions=2**31 - 1)
    stage.until(lambda: stage.lease()["leaseTransitions"] == counted)
    stage.write_lease(leaseTransitions=2**31 - 1, **spec)
    stage.until(lambda: stage.lease()["holderIdentity"] not in ("", "nobody"))
    stage.until(lambda: first.state()["leading"] is not second.state()["leading"])
    leader, rest = (first, second) if first.state()["leading"] else (second, first)
    leader.stop()
    stage.until(lambda: rest.state()["leading"])
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    assert stage.variant(replica, "checkout") == "on"


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.long)])
def test_a_replica_killed_while_the_operator_is_away_serves_what_it_served(stage: Stage, tmp_path: Path, times: int):
    operator, name, options = stage.operator(), "flagd-0", ("--state-dir", str(tmp_path))
    replica = stage.replica(name, *options)
    with Traffic(stage, {name: replica, "flagd-1": stage.replica("flagd-1")}) as traffic:
        traffic.flow(10)
        kill(operator)
        revision = stage.until(lambda: (found := traffic.last(name).revision) in _kept(tmp_path) and found)
        for _ in range(times):
            with traffic.without_replica(name):
                kill(replica)
                replica = stage.replica("flagd-0", *options)
                name = traffic.replace(name, replica)
            assert traffic.last(name).revision == revision
        stage.expire_lease()
        operator = stage.operator()
        stage.until(lambda: operator.state()["leading"] and len(operator.replicas()) == 2)
        traffic.flow(10)


@pytest.mark.long
def test_replicas_say_that_they_are_stale_while_there_is_no_operator(stage: Stage):
    operator = stage.operator()
    with Traffic(stage, stage.replicas()) as traffic:
        kill(operator)
        with traffic.without_operator():
            traffic.go_on(50)
        stage.expire_lease()
        operator = stage.operator()
        stage.until(lambda: operator.state()["leading"] and len(operator.replicas()) == 2)
    assert any(answer.stale for answer in traffic.history.answers)


def test_most_flags_do_not_vanish_at_once_unless_somebody_says_so(stage: Stage):
    operator = stage.operator("--relist-interval", "600")
    replica = stage.replica("flagd-0")
    names = [f"f{number}" for number in range(12)]
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    stage.plane.request(stage.collection("Flag"), "DELETE")
    held = stage.until(lambda: [each for each in operator.state()["held"] if "12 of 12 flags would go" in each])
    assert operator.metric("flagoperator_held_rulesets") == 1
    stage.until(lambda: {stage.variant(replica, name) for name in names} == {"on"})
    found = stage.until(lambda: stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/events")["items"])
    assert {(each["reason"], each["involvedObject"]["kind"]) for each in found} == {("MassRemovalHeld", "Lease")}
    revision = held[0].partition("revision ")[2].partition(" ")[0]
    stage.kubectl("annotate", "lease", "flagoperator", f"{CONFIRM}={revision}")
    stage.until(lambda: stage.answer(replica, "f0")[0] == "")


def test_a_second_list_lets_a_removal_go(stage: Stage):
    operator = stage.operator("--relist-interval", "5")
    replica = stage.replica("flagd-0")
    names = [f"f{number}" for number in range(30)]  # a list that comes between their deletions leaves enough to be held
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    stage.plane.request(stage.collection("Flag"), "DELETE")
    operator.said("would go")
    stage.until(lambda: stage.answer(replica, "f0")[0] == "")


def test_a_restarted_operator_holds_what_the_replicas_still_serve(stage: Stage):
    operator = stage.operator()
    replica = stage.replica("flagd-0")
    names = [f"f{number}" for number in range(12)]
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    kill(operator)
    stage.plane.request(stage.collection("Flag"), "DELETE")
    stage.expire_lease()
    operator = stage.operator("--relist-interval", "600")
    stage.replica("flagd-new")  # has nothing to lose, and often comes first
    stage.until(lambda: operator.state()["held"])
    stage.until(lambda: operator.state()["leading"])
    assert {stage.variant(replica, name) for name in names} == {"on"}


def _kept(folder: Path) -> str:
    file = folder / FILE_NAME
    return file.read_text(errors="replace") if file.exists() else ""


@pytest.mark.parametrize("namespaces", [None, ()], ids=["a namespace", "everywhere"])
def test_a_start_is_told_nothing_twice(stage: Stage, namespaces: tuple[str, ...] | None):
    names = [f"flag-{number}" for number in range(30)]
    operator = stage.operator()
    stage.replica("flagd-0")
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    operator.stop()
    operator = stage.operator("--relist-interval", "600", namespaces=namespaces)
    stage.until(lambda: operator.get("/readyz")[0] == 200)
    stage.apply(flag(names[0], 0))
    stage.wait(names[0], Published="True")
    events = operator.metric("flagoperator_watch_events_total", kind="Flag")
    assert events
    # Everywhere are the flags of other tests too, of which something may be said.
    assert events - (operator.metric("flagoperator_status_writes_total") or 0) < len(names) / 2
