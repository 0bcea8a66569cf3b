"""What became of resources: told in the log and in Events, once, and named while it is wrong."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Any

from flagd.last_good.file import LastGoodFile
from tests.cluster.stage import flag

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage

SECRET = "maria@example.com"
MANY = 12


def using(name: str) -> dict[str, Any]:
    segments = [{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}]
    return flag(name, 0, segments=segments)


def segment(value: str = SECRET, op: str = "is") -> dict[str, Any]:
    spec = {"match": [{"attribute": "user.properties.email", "op": op, "values": [value]}]}
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "FlagSegment",
        "metadata": {"name": "pro"},
        "spec": spec,
    }


def events(stage: Stage, kind: str = "Flag") -> list[tuple[str, str, str, str]]:
    """Return name, type, reason and message of the Events about objects of `kind`."""
    items = stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/events")["items"]
    found = [(each["involvedObject"], each["type"], each["reason"], each["message"]) for each in items]
    return [(obj["name"], *rest) for obj, *rest in found if obj["kind"] == kind]


def kept(folder: Path, project: str) -> bool:
    """Return whether the last good ruleset of `project` is on disk."""
    state = LastGoodFile(folder).read()
    return state is not None and project in state.rulesets


def lines(operator: Operator) -> list[str]:
    """Return what an operator said of resources."""
    return [each["message"] for each in operator.log if re.search(r"Flag\w* \S+/\S+", each["message"])]


def broken(operator: Operator, name: str) -> bool:
    return (
        re.search(rf'^flagoperator_broken_resource{{.*name="{name}".*}} 1', operator.get("/metrics")[1], re.M)
        is not None
    )


def test_a_change_is_one_line_and_one_event_with_generation_and_manager(stage: Stage):
    operator = stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("a"))
    stage.wait("a", Published="True")
    stage.kubectl("patch", "flag", "a", "--type=merge", "--patch", '{"spec": {"active": false}}')
    line = operator.said("active true → false")
    assert line == f"Flag {stage.namespace}/a: active true → false (generation 2, by kubectl-patch)"
    stage.wait("a", Published="True")
    told = stage.until(lambda: events(stage))
    assert told == [("a", "Normal", "Changed", "active true → false (generation 2, by kubectl-patch)")]
    (entry,) = [each for each in operator.log if each["message"] == line]
    assert (entry["project"], entry["flag"]) == (stage.namespace, "a")
    assert operator.said("; changed a")


def test_a_broken_flag_is_named_until_it_is_fixed_and_again_by_nobody(stage: Stage, tmp_path: Path):
    operator = stage.operator("--state-dir", str(tmp_path))
    replica = stage.replica("flagd-0")
    stage.apply(flag("a"))
    stage.wait("a", Published="True")
    stage.apply(using("a"))
    operator.said(rf"Flag {stage.namespace}/a cannot be used: .*no FlagSegment 'pro'.*; generation 1 is still served")
    stage.until(lambda: {each[2] for each in events(stage)} == {"Changed", "Broken"}, lambda: str(events(stage)))
    stage.until(lambda: [each for each in operator.state()["broken"] if f"{stage.namespace}/a: " in each])
    stage.until(lambda: broken(operator, "a"))
    assert stage.variant(replica, "a") == "on"
    told = sorted(events(stage))
    stage.until(lambda: kept(tmp_path, stage.namespace))  # a kill may come before the disk has what was published
    operator.signal(signal.SIGKILL)
    stage.expire_lease()
    second = stage.operator("--state-dir", str(tmp_path))
    second.said(rf"Flag {stage.namespace}/a cannot be used")
    stage.until(lambda: second.state()["leading"])
    stage.apply(flag("b"))
    stage.wait("b", Published="True")
    assert sorted(events(stage)) == told, "a restart repeats nothing"
    assert not [line for line in lines(second) if "created" in line and "/a" in line]
    stage.apply(flag("a"))
    second.said(rf"Flag {stage.namespace}/a is fixed \(generation 3")
    stage.until(lambda: ("a", "Normal", "Fixed", "can be used again") in events(stage), lambda: str(events(stage)))
    stage.until(lambda: second.state()["broken"] == [] and not broken(second, "a"))


def test_a_segment_of_many_flags_is_one_line_and_its_events_name_no_value(stage: Stage):
    operator = stage.operator()
    stage.apply(segment())
    stage.wait("pro", "FlagSegment", Ready="True")
    stage.apply(*(using(f"f{number}") for number in range(MANY)))
    for number in range(MANY):
        stage.wait(f"f{number}", Ready="True")
    stage.delete("FlagSegment", "pro")
    operator.said(rf"FlagSegment {stage.namespace}/pro is deleted; {MANY} resources use it")
    operator.said(rf"{MANY} resources cannot be used: there is no FlagSegment 'pro'")
    for number in range(MANY):
        stage.wait(f"f{number}", Ready="False")
    told = stage.until(lambda: events(stage, "FlagSegment"))
    assert {each[1:3] for each in told} == {("Warning", "Broken")}
    assert f"{MANY} resources cannot be used" in told[0][3]
    assert not [each for each in events(stage) if each[2] == "Broken"]
    stage.apply(segment() | {"spec": {"match": [{"op": "in cohort", "values": ["nobody"]}]}})
    operator.said(rf"FlagSegment {stage.namespace}/pro cannot be used")
    stage.apply(segment())
    operator.said(f"{MANY} resources are fixed")
    for number in range(MANY):
        stage.wait(f"f{number}", Ready="True")
    stage.until(lambda: [each for each in events(stage, "FlagSegment") if each[2] == "Fixed"])
    assert not [each for each in events(stage) if each[2] == "Fixed"]
    everything = str(events(stage) + events(stage, "FlagSegment")) + str(operator.log)
    assert SECRET not in everything


def test_one_that_does_not_lead_says_nothing_of_revisions_until_it_does(stage: Stage):
    first = stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("a"))
    stage.wait("a", Published="True")
    second = stage.operator(listen="127.0.0.1:0")
    stage.until(lambda: second.state()["listed_seconds_ago"] is not None)
    stage.apply(flag("b"))
    second.said(rf"Flag {stage.namespace}/b: created")
    stage.wait("b", Published="True")
    assert not [each for each in second.log if "revision" in each]
    first.signal(signal.SIGKILL)
    stage.expire_lease()
    second.said(rf"project {stage.namespace}: revision")
    assert stage.variant(replica, "b") == "on"
    stage.delete("Flag", "a")
    stage.delete("Flag", "b")
    second.said(rf"project {stage.namespace} is gone")


def test_an_edit_made_while_nobody_leads_is_told_once_by_the_next_that_does(stage: Stage):
    first = stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("a"))
    stage.wait("a", Published="True")
    second = stage.operator(listen="127.0.0.1:0")
    stage.until(lambda: second.state()["listed_seconds_ago"] is not None)
    first.signal(signal.SIGKILL)
    stage.kubectl("patch", "flag", "a", "--type=merge", "--patch", '{"spec": {"active": false}}')
    text = "active true → false (generation 2, by kubectl-patch)"
    second.said(re.escape(text))
    assert events(stage) == []
    stage.expire_lease()
    stage.until(lambda: events(stage) == [("a", "Normal", "Changed", text)])
