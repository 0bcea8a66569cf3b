"""The API server, its store and the CRDs go away and come back. A control plane of its own: it gets broken."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.cluster.conftest import namespace_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.footprint import bounded
from tests.cluster.installation import ACCOUNT, DEFINITIONS, SYSTEM, install
from tests.cluster.spending import overspent
from tests.cluster.stage import Stage, flag
from tests.cluster.traffic import LOST_DELETION_SECONDS, Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory, binaries: Path) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("breakable"), binaries) as plane:
        yield plane


@pytest.fixture
def bare(breakable: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(breakable, namespace_of(request.node.name)) as stage:
        yield stage


@pytest.fixture
def stage(bare: Stage) -> Stage:
    install(bare.plane)
    return bare


def definitions(stage: Stage) -> set[str]:
    return {each["metadata"]["name"] for each in stage.plane.request(DEFINITIONS)["items"]}


# The first: after it there are CRDs.
def test_an_operator_started_before_the_crds_exist_waits_for_them(bare: Stage):
    operator = bare.operator()
    operator.said(
        "the CRDs of Flag, FlagCohort, FlagDeployment, FlagGroup, FlagRolloutPlan, FlagSegment are not installed"
    )
    assert operator.get("/readyz")[0] == 503
    assert operator.get("/healthz")[0] == 200
    install(bare.plane)
    operator.ready()
    bare.apply(flag("checkout"))
    bare.wait("checkout", Ready="True")


@pytest.mark.parametrize("seconds", [0, pytest.param(60, marks=pytest.mark.long)])
def test_a_deletion_right_after_a_restart_of_the_api_server_is_found(stage: Stage, seconds: int):
    operator = stage.operator("--relist-interval", "3")
    with Traffic(stage, stage.replicas(), within=LOST_DELETION_SECONDS) as traffic:
        traffic.flow(10)
        with traffic.paused():
            stage.plane.kill("kube-apiserver")
            traffic.go_on(seconds)
            stage.plane.start("kube-apiserver")
            traffic.delete()
        traffic.flow(10)
    assert operator.get("/healthz")[0] == 200


@pytest.mark.parametrize("seconds", [0, pytest.param(90, marks=pytest.mark.long)])
def test_answers_are_right_while_the_api_server_hangs(stage: Stage, seconds: int):
    begun = time.monotonic()
    operator, replicas = stage.operator("--relist-interval", "1"), stage.replicas()
    with Traffic(stage, replicas) as traffic:
        traffic.flow(10)
        with bounded({"operator": operator, **replicas}):
            stage.plane.kill("kube-apiserver", signal.SIGSTOP)
            try:
                stage.until(lambda: not operator.state()["leading"])
                traffic.go_on(seconds)
            finally:
                stage.plane.kill("kube-apiserver", signal.SIGCONT)
            stage.until(lambda: operator.state()["leading"])
            traffic.flow(10)
    assert overspent(stage, traffic.history.writes, begun) == []


def test_a_token_that_holds_no_more_is_read_anew(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    with Traffic(stage, stage.replicas()) as traffic:
        # A ServiceAccount made anew has another uid, and the tokens of the old one are worth nothing.
        stage.plane.request(f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{ACCOUNT}", "DELETE")
        stage.until(lambda: "Unauthorized" in str(operator.log))
        stage.plane.service_account(SYSTEM, ACCOUNT)
        traffic.flow(10)


def test_flags_are_served_while_their_crd_is_deleted(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    names = [
        f"kept-{number}" for number in range(30)
    ]  # a list that comes between their deletions leaves enough to be held
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    stage.plane.request(f"{DEFINITIONS}/flags.flagoperator.dev", "DELETE")
    operator.said(r"\d+ of \d+ flags would go")
    operator.said("listing failed")
    stage.until(lambda: {stage.variant(replica, name) for name in names} == {"on"})
    stage.until(lambda: "flags.flagoperator.dev" not in definitions(stage))
    assert {stage.variant(replica, name) for name in names} == {"on"}
    # A CRD that is back without any flag is believed by the second list.
    install(stage.plane)
    stage.until(lambda: stage.answer(replica, "kept-0")[0] == "")
    with Traffic(stage, {"flagd-0": replica}, within=LOST_DELETION_SECONDS) as traffic:
        traffic.flow(20)
