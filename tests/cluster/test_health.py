"""What GitOps tools make of every situation of a rollout: statuses of a real operator, the tools' own languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.argocd import DEGRADED, HEALTHY, PROGRESSING, SUSPENDED, health
from tests.cluster.flux import Verdicts, verdicts
from tests.cluster.kstatus import CURRENT, FAILED, IN_PROGRESS, kstatus
from tests.cluster.ramping import HOUR, STANDARD, Ramping, plan, ramped
from tests.cluster.stage import flag
from tests.cluster.test_status import BROKEN, WRONG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.stage import Stage

APPROVED = [{"percent": 5, "approval": True}, *STANDARD[1:]]
AT_NIGHT = {"windows": [{"from": "00:00", "to": "00:01"}]}
SILENT: dict[str, Any] = {
    "name": "errors",
    "prometheus": {"query": "vector(0)"},
    "max": 1,
    "consecutiveErrorLimit": 0,
}
FLAGS: dict[str, dict[str, Any]] = {
    "holding": ramped("holding"),
    "awaiting-approval": ramped("awaiting-approval", ramp={"steps": APPROVED}),
    "outside-a-window": ramped("outside-a-window", ramp={"steps": STANDARD, **AT_NIGHT}),
    "paused": ramped("paused"),
    "paused-in-git": ramped("paused-in-git", ramp={"plan": "standard", "paused": True}),
    "inconclusive": ramped("inconclusive", ramp={"steps": STANDARD, "guards": [SILENT]}),
    "rolled-back": ramped("rolled-back"),
    "late": ramped("late", ramp={"steps": APPROVED, "deadline": "1h"}),
    "plan-missing": ramped("plan-missing", ramp={"plan": "none"}),
    "done": ramped("done", ramp={"steps": [{"percent": 100}]}),
    "immediate": ramped("immediate", ramp={"immediate": True}),
    "without-a-ramp": flag("without-a-ramp"),
    "inactive": flag("inactive", active=False),
    "invalid": flag("invalid", segments=BROKEN),
    "waits-for-a-segment": flag(
        "waits-for-a-segment", segments=[{"name": "us", "segmentRefs": ["us"], "rollout": {"percent": 100}}]
    ),
}
REASONS = {
    "holding": "Holding",
    "awaiting-approval": "AwaitingApproval",
    "outside-a-window": "OutsideWindow",
    "paused": "Manual",
    "paused-in-git": "PausedInGit",
    "inconclusive": "Inconclusive",
    "rolled-back": "Aborted",
    "late": "Deadline",
    "done": "Completed",
}
GOES = (CURRENT, HEALTHY, PROGRESSING, Verdicts(CURRENT, IN_PROGRESS))
RESTS = (CURRENT, SUSPENDED, SUSPENDED, Verdicts(CURRENT, IN_PROGRESS))
FAILS = (FAILED, DEGRADED, DEGRADED, Verdicts(FAILED, FAILED))
DONE = (CURRENT, HEALTHY, HEALTHY, Verdicts(CURRENT, CURRENT))
WAITS = (IN_PROGRESS, PROGRESSING, PROGRESSING, Verdicts(IN_PROGRESS, IN_PROGRESS))
TABLE = {
    "not-seen": WAITS,
    "holding": GOES,
    "awaiting-approval": GOES,
    "outside-a-window": GOES,
    "paused": RESTS,
    "paused-in-git": RESTS,
    "inconclusive": GOES,
    "rolled-back": FAILS,
    "late": FAILS,
    "plan-missing": FAILS,
    "done": DONE,
    "immediate": DONE,
    "without-a-ramp": DONE,
    "inactive": DONE,
    "invalid": FAILS,
    "waits-for-a-segment": WAITS,
}
"""By situation: what kstatus says, what Argo CD shows, and by the strict script, and what Flux says by its CEL."""


def test_every_tool_says_what_it_should_in_every_situation(stage: Stage, tmp_path: Path):
    ramping = Ramping(stage, tmp_path)
    stage.apply(plan(), *FLAGS.values())
    ramping.ask("pause", ramping.wait("Holding", "5", "paused")["run"]["id"], "paused")
    ramping.ask("abort", ramping.wait("Holding", "5", "rolled-back")["run"]["id"], "rolled-back")
    for name in ("awaiting-approval", "late"):
        ramping.wait("AwaitingApproval", "5", name)
    ramping.after(2 * HOUR)
    for name, reason in REASONS.items():
        stage.until(lambda name=name, reason=reason: ramping.rollout(name).get("reason") == reason)
    for name in ("done", "immediate", "without-a-ramp", "inactive"):
        stage.wait(name, Published="True", RolledOut="True")
    stage.wait("invalid", Stalled="True")
    stage.wait("plan-missing", Ready="PlanNotFound")
    stage.wait("waits-for-a-segment", Reconciling="True")
    ramping.operator.stop()
    stage.apply(flag("not-seen"))
    found = {each["metadata"]["name"]: each for each in stage.listed("Flag")}
    flux = verdicts(stage, "Flag", found)
    assert {
        name: (kstatus(obj), health(obj).status, health(obj, strict=True).status, flux[name])
        for name, obj in found.items()
    } == TABLE
    assert health(found["paused"]).message.startswith("5 %: paused by request")
    assert health(found["rolled-back"]).message == found["rolled-back"]["status"]["rollout"]["message"]
    assert health(found["invalid"]).message.startswith("spec.segments[0].match[0]")


@pytest.mark.parametrize("kind", ["FlagRolloutPlan", "FlagSegment"])
def test_other_kinds_are_judged_alike(stage: Stage, kind: str):
    stage.apply(*OTHERS[kind])
    before = [health(each).status for each in stage.listed(kind)]
    assert before == [PROGRESSING, PROGRESSING]
    stage.operator()
    stage.replica("flagd-0")
    stage.wait("right", kind, Ready="True", Published="True")
    stage.wait("wrong", kind, Ready="False")
    found = {each["metadata"]["name"]: each for each in stage.listed(kind)}
    flux = verdicts(stage, kind, found)
    assert {name: (kstatus(obj), health(obj).status, flux[name].strict) for name, obj in found.items()} == {
        "right": (CURRENT, HEALTHY, CURRENT),
        "wrong": (FAILED, DEGRADED, FAILED),
    }


def other(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


WRONG_QUERY = {"name": "errors", "prometheus": {"query": "rate("}, "max": 1}
IN_US = [{"attribute": "user.country", "op": "is", "values": ["US"]}]
OTHERS = {
    "FlagRolloutPlan": (plan("right"), plan("wrong", guards=[WRONG_QUERY])),
    "FlagSegment": (
        other("FlagSegment", "right", match=IN_US),
        other("FlagSegment", "wrong", match=WRONG),
    ),
}
