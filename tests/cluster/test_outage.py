"""The API server, its store and the CRDs go away and come back. A control plane of its own: it gets broken."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.cluster.conftest import namespace_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import ACCOUNT, DEFINITIONS, SYSTEM, install
from tests.cluster.stage import Stage, flag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory, binaries: Path) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("breakable"), binaries) as plane:
        yield plane


@pytest.fixture
def stage(breakable: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(breakable, namespace_of(request.node.name)) as stage:
        yield stage


def definitions(stage: Stage) -> set[str]:
    return {each["metadata"]["name"] for each in stage.plane.request(DEFINITIONS)["items"]}


# The first: after it there are CRDs.
def test_an_operator_started_before_the_crds_exist_waits_for_them(stage: Stage):
    operator = stage.operator()
    operator.said("the CRDs are not installed")
    assert operator.get("/readyz")[0] == 503
    assert operator.get("/healthz")[0] == 200
    install(stage.plane)
    operator.ready()
    stage.apply(flag("checkout"))
    stage.wait("checkout", Ready="True")


def test_a_deletion_right_after_a_restart_of_the_api_server_is_found(stage: Stage):
    operator = stage.operator("--relist-interval", "3")
    replica = stage.replica("flagd-0")
    stage.apply(flag("kept"), flag("ghost"))
    stage.wait("ghost", Published="True")
    stage.wait("kept", Published="True")
    stage.plane.kill("kube-apiserver")
    assert stage.variant(replica, "kept") == "on"
    stage.plane.start("kube-apiserver")
    stage.delete("Flag", "ghost")
    stage.until(lambda: stage.answer(replica, "ghost")[0] == "", seconds=40)
    stage.apply(flag("kept", 0))
    stage.wait("kept", Published="True")
    assert operator.get("/healthz")[0] == 200


def test_answers_stay_while_the_api_server_hangs(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    stage.plane.kill("kube-apiserver", signal.SIGSTOP)
    try:
        stage.until(lambda: not operator.state()["leading"], seconds=30)
        assert stage.variant(replica, "checkout") == "on"
    finally:
        stage.plane.kill("kube-apiserver", signal.SIGCONT)
    stage.until(lambda: operator.state()["leading"], seconds=30)
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Published="True")


def test_a_token_that_holds_no_more_is_read_anew(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    # A ServiceAccount made anew has another uid, and the tokens of the old one are worth nothing.
    stage.plane.request(f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{ACCOUNT}", "DELETE")
    stage.until(lambda: "Unauthorized" in str(operator.log))
    stage.plane.service_account(SYSTEM, ACCOUNT)
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Published="True")
    assert stage.variant(replica, "checkout") == "off"


def test_flags_are_served_while_their_crd_is_deleted(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    names = [f"f{number}" for number in range(12)]
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    stage.plane.request(f"{DEFINITIONS}/flags.flagoperator.dev", "DELETE")
    operator.said("12 of 12 flags would go")
    operator.said("listing failed")
    stage.until(lambda: {stage.variant(replica, name) for name in names} == {"on"})
    stage.until(lambda: "flags.flagoperator.dev" not in definitions(stage))
    assert {stage.variant(replica, name) for name in names} == {"on"}
    # A CRD that is back without any flag is believed by the second list.
    install(stage.plane)
    stage.apply(*(flag(name, 0) for name in names))
    stage.wait("f11", Published="True")
    assert stage.variant(replica, "f11") == "off"
