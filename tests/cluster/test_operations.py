"""docs/operations.md shows what a terminal shows, each section after something was broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import yaml

from flagd.v1.evaluation_pb2 import User, WatchRequest
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.installation import ACCOUNT, RBAC, RULES, SYSTEM, create
from tests.cluster.ramping import plan
from tests.cluster.stage import flag
from tests.docs.page import ROOT, blocks, commands, pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.stage import Stage
    from tests.docs.page import Block
    from tests.wire.process import Process

PAGE = Path("docs/operations.md")
HERE = "flags"
"""The namespace that the page speaks of."""


class Shift:
    """Somebody on call: types what a section of the page shows, in the namespace of a stage."""

    def __init__(self, stage: Stage, flagd: Process | None = None, operator: Process | None = None) -> None:
        self._stage = stage
        self._ports = {
            name: address
            for name, address in (
                ("localhost:8013", flagd and flagd.listen),
                ("localhost:8014", flagd and flagd.management),
                ("localhost:8024", operator and operator.management),
            )
            if address
        }

    def type(self, block: Block, doctor: Sequence[str] = ()) -> None:
        """Type the commands of a block until each prints what the page shows; `doctor` are options for its verb."""
        for command in commands(block):
            shown = pattern(tuple(line for line in command.output if line.strip()))
            self._stage.until(
                lambda text=command.text, shown=shown: shown.fullmatch(self._typed(text, doctor)),
                lambda text=command.text: f"{text}\n{self._typed(text, doctor)}",
            )

    def _typed(self, command: str, doctor: Sequence[str]) -> str:
        namespace = self._stage.namespace
        for known, address in self._ports.items():
            command = command.replace(known, address)
        command = command.replace(f"--project {HERE}", f"--project {namespace}")
        if command.startswith("flagctl doctor"):
            account = () if "--operator-account" in doctor else ("--operator-account", f"{SYSTEM}/{ACCOUNT}")
            command = " ".join((command, "--settle 1 --operator-namespace", namespace, *account, *doctor))
        if not command.startswith(("curl", "flagctl eval")):
            command += f" --namespace {namespace}"
        programs = f"{Path(sys.executable).parent}:{self._stage.plane.kubectl.parent}"
        done = subprocess.run(
            ["bash", "-c", command],
            env={
                **os.environ,
                "PATH": f"{programs}:{os.environ['PATH']}",
                "KUBECONFIG": str(self._stage.plane.admin),
                "NO_COLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        lines = [line.rstrip() for line in done.stdout.replace(namespace, HERE).splitlines() if line.strip()]
        return "\n".join([*lines, ""])


def shown(title: str) -> list[Block]:
    """Return the blocks of a session in the section `title`, down to the next of its height or above."""
    text = (ROOT / PAGE).read_text()
    heading = re.search(rf"^(##+) {re.escape(title)}$", text, re.MULTILINE)
    assert heading, title
    after = re.search(rf"^#{{2,{len(heading[1])}}} ", text[heading.end() :], re.MULTILINE)
    first = text.count("\n", 0, heading.start()) + 1
    last = first + text.count("\n", heading.start(), heading.end() + after.start()) if after else sys.maxsize
    return [
        one for one in blocks(PAGE) if one.language == "text" and first < one.line < last and one.text.startswith("$ ")
    ]


def test_the_doctor_finds_nothing_wrong_with_what_is_well(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    (session,) = shown("Ask the doctor first")
    Shift(stage).type(session)


def test_a_flag_that_was_switched_off_is_found_and_put_back(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    stage.kubectl("patch", "flag", "banner", "--type=merge", "--patch", '{"spec": {"active": false}}')
    stage.wait("banner", Published="True")
    (session,) = shown("In a cluster")
    Shift(stage).type(session)
    stage.until(lambda: stage.variant(replica, "banner") == "on")


def test_a_change_that_no_operator_saw_is_found_and_comes_with_the_next(stage: Stage):
    operator, replica = stage.operator(), stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    operator.signal(9)
    operator.wait()
    stage.write_lease(holderIdentity="flagoperator-1_dead", renewTime="2026-01-01T00:00:00.000000Z")
    stage.apply(flag("banner", 50))
    before, after = shown("A change is not live")
    Shift(stage, replica).type(before)
    stage.expire_lease()
    stage.operator()
    Shift(stage, replica).type(after)


def test_a_flagd_without_an_operator_says_why_it_is_not_ready(stage: Stage):
    replica = stage.replica("flagd-0")
    before, after = shown("flagd is not ready")
    Shift(stage, replica).type(before)
    stage.operator()
    stage.apply(flag("banner"))
    Shift(stage, replica).type(after)


def test_statuses_that_may_not_be_written_are_late_and_callers_do_not_notice(stage: Stage):
    reading = f"{ACCOUNT}-that-may-not-write"
    stage.kubeconfig = _account_without_statuses(stage, reading)
    operator, replica = stage.operator(), stage.replica("flagd-0")
    stage.apply(flag("banner"))
    late, unconcerned = shown("Statuses are late")
    shift = Shift(stage, replica, operator)
    shift.type(late, ("--operator-account", f"{stage.namespace}/{reading}"))
    shift.type(unconcerned)


def test_a_ramp_that_waits_for_an_approval_is_named_with_its_reason(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    steps = [{"percent": 5, "approval": True}, {"percent": 100}]
    stage.apply(plan("slow", steps), flag("banner", 100, ramp={"plan": "slow"}))
    (session,) = shown("A rollout stands still")
    Shift(stage).type(session)


def test_a_service_whose_deployment_was_deleted_is_refused_and_the_flag_warns(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    web, *_ = yaml.safe_load_all((ROOT / "examples" / "10-deployment" / "web.yaml").read_text())
    stage.apply(web, flag("banner", deployments=["web"]))
    stage.wait("banner", Published="True")
    stage.delete("FlagDeployment", "web")
    (session,) = shown("A caller is refused")
    Shift(stage, replica).type(session)


def test_streams_that_callers_leave_open_are_what_memory_is_for(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    with grpc.insecure_channel(replica.listen) as channel:
        request = WatchRequest(project=stage.namespace, user=User(user_id="ann"))
        streams = [EvaluationServiceStub(channel).Watch(request) for _ in range(40)]
        for stream in streams:
            next(stream)
        (session,) = shown("Memory grows")
        Shift(stage, replica).type(session)


def _account_without_statuses(stage: Stage, name: str) -> Path:
    """Make an account that may read all that the operator reads, hold its Lease, and write no status."""
    kubeconfig = stage.plane.service_account(stage.namespace, name)
    rules = yaml.safe_load(RULES.read_text())
    granted = [*rules["cluster"][:1], *rules["lease"], *rules["evaluation"]]
    meta = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name}}
    roles = f"{RBAC}/namespaces/{stage.namespace}"
    create(stage.plane, f"{roles}/roles", {**meta, "kind": "Role", "rules": granted})
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    subject = {"kind": "ServiceAccount", "namespace": stage.namespace, "name": name}
    binding = {**meta, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]}
    create(stage.plane, f"{roles}/rolebindings", binding)
    return kubeconfig
