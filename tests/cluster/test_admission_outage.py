"""Replicas that restart while nobody can review their tokens. A control plane of its own: it gets broken."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from flagoperator.run.subscribers.reviewer import FRESH_SECONDS
from tests.cluster.conftest import namespace_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import authorize_reviews, install
from tests.cluster.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("flagd-0", "flagd-1")


@pytest.fixture
def stage(tmp_path: Path, binaries: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with ControlPlane(tmp_path / "control-plane", binaries) as plane:
        install(plane)
        authorize_reviews(plane)
        with Stage(plane, namespace_of(request.node.name)) as stage:
            yield stage


def test_a_replica_is_let_in_again_while_nobody_can_review_its_token(stage: Stage, tmp_path: Path):
    operator = stage.operator("--subscribers", f"{stage.namespace}/flagd")
    for name in NAMES:
        (tmp_path / name).write_text(stage.plane.token(stage.namespace, "flagd", audiences=["flagoperator"]))

    def start(name: str):
        return stage.replica(name, "--operator-token-file", str(tmp_path / name))

    known = start("flagd-0")
    stage.until(lambda: operator.replicas().keys() == {"flagd-0"})
    forgotten = time.monotonic() + FRESH_SECONDS
    stage.plane.kill("kube-apiserver", signal.SIGSTOP)
    start("flagd-1").said("UNAVAILABLE: the token cannot be reviewed now; try again")
    operator.said("tokens cannot be reviewed")
    stage.until(lambda: time.monotonic() > forgotten)  # from here on, the API server would have been asked
    for way_to_go in (None, signal.SIGKILL):
        if way_to_go:
            stage.plane.kill("kube-apiserver", way_to_go)
        known.signal(signal.SIGKILL)
        stage.until(lambda: not operator.replicas())
        known = start("flagd-0")
        stage.until(lambda: operator.replicas().keys() == {"flagd-0"})
    stage.plane.start("kube-apiserver")
    stage.until(lambda: operator.replicas().keys() == set(NAMES))
    operator.said("tokens are reviewed again")
    assert operator.metric("flagoperator_token_reviews_total", result="failed") > 0
