"""Flags whose percentages rise by themselves, on a real API server, with two replicas and a clock of the test's own."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cluster.argocd import PROGRESSING, health
from tests.cluster.kstatus import CURRENT, FAILED, IN_PROGRESS, kstatus
from tests.cluster.ramping import HOUR, STANDARD, Ramping, plan, ramped
from tests.cluster.stage import flag
from tests.ports import free_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.stage import Stage


@pytest.fixture
def ramping(stage: Stage, tmp_path: Path) -> Ramping:
    return Ramping(stage, tmp_path)


def test_one_line_leads_from_nobody_to_everybody(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    few = ramping.admitted()
    ramping.after(6 * HOUR)
    ramping.wait("Holding", "25")
    more = ramping.admitted()
    assert few < more
    ramping.after(12 * HOUR)
    ramping.wait("Holding", "100")
    assert len(ramping.admitted()) == 400
    assert ramping.condition("RolledOut") == "False Holding"
    ramping.after(24 * HOUR)
    ramping.stage.kubectl("wait", "--for=condition=RolledOut", "flag/checkout", "--timeout=60s")
    # Once a run has ended, another form of the flag is published: one without arms.
    ramping.stage.until(lambda: kstatus(ramping.stage.get("Flag", "checkout")) == CURRENT)
    obj = ramping.stage.get("Flag", "checkout")
    assert obj["metadata"]["generation"] == 1  # nobody wrote a spec
    assert obj["spec"] == ramped()["spec"]
    assert [each["reason"] for each in obj["status"]["rollout"]["history"]] == ["Started", *["Step"] * 3, "Completed"]


def test_what_kubectl_prints(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    assert "5→100 1/3 Holding" in ramping.stage.kubectl("get", "flags")
    ramping.stage.until(lambda: ramping.stage.get("FlagRolloutPlan", "standard")["status"].get("usedByCount") == 1)
    assert "standard" in ramping.stage.kubectl("get", "frp")
    assert "Time to stay" in ramping.stage.kubectl("explain", "flag.spec.ramp.steps.hold")
    ramping.stage.until(lambda: "RolloutStep" in ramping.stage.kubectl("get", "events"))


@pytest.mark.parametrize("first", ["flag", "plan"])
def test_flag_and_plan_in_one_apply_in_any_order(ramping: Ramping, first: str, tmp_path: Path):
    objects = [ramped(), plan()] if first == "flag" else [plan(), ramped()]
    ramping.apply_together(*objects, folder=tmp_path)
    ramping.wait("Holding", "5")
    assert ramping.condition("Ready") == "True Compiled"


def test_an_operator_that_is_killed_between_two_steps_moves_nobody(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    ramping.after(6 * HOUR)
    before = ramping.wait("Holding", "25")
    few = ramping.admitted()
    ramping.operator.signal(signal.SIGKILL)
    ramping.operator.wait()
    ramping.stage.expire_lease()
    ramping.after(11 * HOUR)
    operator = ramping.start()
    ramping.stage.until(lambda: operator.state()["leading"] and len(operator.replicas()) == 2)
    ramping.stage.wait("checkout", Published="True")
    assert ramping.admitted() == few
    ramping.after(HOUR)
    after = ramping.wait("Holding", "100")
    assert after["run"]["id"] == before["run"]["id"]
    assert after["history"][: len(before["history"])] == before["history"]


def test_an_operator_that_is_killed_in_the_middle_of_a_step_takes_nobody_out(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    few = ramping.admitted()
    ramping.after(6 * HOUR)
    ramping.stage.until(lambda: ramping.rollout()["step"] == "2/3")  # decided, perhaps not published yet
    ramping.operator.signal(signal.SIGKILL)
    ramping.operator.wait()
    there = ramping.admitted_since(few)
    ramping.stage.expire_lease()
    ramping.start()
    ramping.wait("Holding", "25")
    assert there <= ramping.admitted()


@pytest.mark.long
def test_a_flag_of_which_nobody_knows_where_it_stands_is_left_alone_until_a_replica_says_it(
    stage: Stage, tmp_path: Path
):
    address = free_address()
    ramping = Ramping(stage, tmp_path, "--peers", address)
    asked = stage.replica("flagd-2", "--ruleset-listen", address)
    stage.until(lambda: len(ramping.operator.replicas()) == 3)
    stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    few = ramping.admitted()
    ramping.operator.signal(signal.SIGKILL)
    ramping.operator.wait()
    asked.signal(signal.SIGSTOP)
    nothing = {"status": {"observedGeneration": -1, "conditions": None, "effective": None, "rollout": None}}
    stage.kubectl("patch", "flag", "checkout", "--subresource=status", "--type=merge", "--patch", json.dumps(nothing))
    stage.expire_lease()
    ramping.start()
    lost = stage.wait("checkout", Ready="StandingUnknown", Published="Unknown", RolledOut="False")
    assert (kstatus(lost), health(lost).status) == (IN_PROGRESS, PROGRESSING)
    assert ramping.admitted() == few
    asked.signal(signal.SIGCONT)
    found = ramping.wait("Holding", "25")
    assert found["run"]["from"] == [{"name": "All Other Users", "percent": "5"}]
    assert few < ramping.admitted()


def test_another_operator_goes_on_where_the_one_before_it_was(ramping: Ramping):
    second = ramping.start(ramping.second)
    ramping.stage.apply(plan(), ramped())
    before = ramping.wait("Holding", "5")
    few = ramping.admitted()
    leader, other = (ramping.operator, second) if ramping.operator.state()["leading"] else (second, ramping.operator)
    leader.signal(signal.SIGTERM)
    leader.wait()
    ramping.stage.until(lambda: other.state()["leading"])
    ramping.after(6 * HOUR)
    after = ramping.wait("Holding", "25")
    assert after["run"]["id"] == before["run"]["id"]
    ramping.stage.until(lambda: few < ramping.admitted())


def test_an_approval_a_pause_and_an_abort(ramping: Ramping):
    steps = [{"percent": 5, "approval": True}, *STANDARD[1:]]
    ramping.stage.apply(ramped(ramp={"steps": steps}))
    waiting = ramping.wait("AwaitingApproval", "5")
    few = ramping.admitted()
    assert kstatus(ramping.stage.get("Flag", "checkout")) == CURRENT
    ramping.ask("approve", "another-1-1")
    ramping.ask("approve", waiting["token"])
    held = ramping.wait("Holding", "25")
    ramping.ask("pause", held["run"]["id"])
    ramping.wait("Manual", "25")
    assert kstatus(ramping.stage.get("Flag", "checkout")) == CURRENT
    ramping.after(48 * HOUR)
    ramping.ask("abort", held["run"]["id"])
    ramping.wait("Aborted", "0")
    ramping.stage.wait("checkout", Ready="RolledBack", Stalled="True", Published="True")
    assert ramping.admitted() == set()
    assert kstatus(ramping.stage.get("Flag", "checkout")) == FAILED
    ramping.ask("retry", "now")
    ramping.wait("AwaitingApproval", "5")
    ramping.stage.wait("checkout", Ready="True", Published="True")
    assert ramping.admitted() == few


def test_git_lowers_and_raises_a_goal_and_turns_the_flag_off_and_on(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    ramping.after(6 * HOUR)
    ramping.wait("Holding", "25")
    ramping.stage.apply(ramped(percent=10))
    ramping.wait("Superseded", "10")
    ramping.stage.apply(ramped(percent=80))
    ramping.wait("Holding", "25")
    ramping.stage.apply(ramped(active=False))
    ramping.wait("Superseded", "0")
    assert ramping.admitted() == set()
    ramping.stage.apply(ramped(percent=80))
    ramping.wait("Holding", "5")


def test_a_plan_that_is_edited_and_then_deleted_moves_none_of_many_runs(ramping: Ramping):
    names = [f"flag-{number}" for number in range(50)]
    ramping.stage.apply(plan(), *(ramped(name) for name in names))
    for name in names:
        ramping.wait("Holding", "5", name)
    ramping.stage.apply(plan(steps=[{"percent": 90}, {"percent": 100}]))
    ramping.stage.wait("standard", "FlagRolloutPlan", Ready="True")
    ramping.stage.delete("FlagRolloutPlan", "standard")
    ramping.stage.apply(flag("last", 100))  # whoever has compiled this knows that the plan is gone
    ramping.stage.wait("last", Published="True")
    statuses = [each["status"] for each in ramping.stage.listed("Flag") if each["metadata"]["name"] in names]
    assert {each["effective"]["percent"] for each in statuses} == {"5"}
    assert {each["rollout"]["reason"] for each in statuses} <= {"Holding", "Publishing"}
    ramping.after(6 * HOUR)
    ramping.wait("Holding", "25", names[0])


def test_a_flag_whose_plan_is_missing_fails_and_goes_on_with_the_plan(ramping: Ramping):
    ramping.stage.apply(ramped())
    ramping.stage.wait("checkout", Ready="PlanNotFound", Stalled="True", Published="True")
    assert kstatus(ramping.stage.get("Flag", "checkout")) == FAILED
    assert ramping.admitted() == set()
    ramping.stage.apply(plan())
    ramping.wait("Holding", "5")
    assert kstatus(ramping.stage.get("Flag", "checkout")) == CURRENT
