"""Watches end all the time: what happens meanwhile is found, and nobody is stormed with new ones.

A control plane of its own: it forgets old versions after seconds, as others do after minutes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import KINDS
from tests.cluster.proxy import Proxy
from tests.cluster.stage import Stage, flag
from tests.cluster.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane

STORM = 100
NO_PASSWD = """
import pwd

def unknown(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")

pwd.getpwuid = unknown
"""
FLAGS: dict[str, str | None] = {"watch-cache": "false", "etcd-compaction-interval": "2s"}


@pytest.fixture(scope="module")
def plane(own_plane: ControlPlane) -> ControlPlane:
    return own_plane


@pytest.fixture
def proxy(stage: Stage) -> Iterator[Proxy]:
    """What the operator has to go through to the API server."""
    with Proxy(stage.kubeconfig) as proxy:
        stage.kubeconfig = proxy.kubeconfig
        yield proxy


def forget(stage: Stage) -> None:
    """Wait until the API server knows nothing more of what is now the latest version."""
    version = stage.plane.request(stage.collection("Flag"))["metadata"]["resourceVersion"]
    stage.until(lambda: is_expired(stage.plane.since(stage.collection("Flag"), version)))


def is_expired(told: list[dict[str, Any]]) -> bool:
    return [(each["type"], each["object"].get("code")) for each in told] == [("ERROR", 410)]


def watches(stage: Stage) -> Counter[str]:
    """Return how often the operator began to watch, by resource."""
    return Counter(
        entry["objectRef"]["resource"]
        for entry in stage.plane.audit()
        if entry["verb"] == "watch"
        and entry["stage"] == "ResponseStarted"
        and entry["user"]["username"].endswith(":flagoperator")
        and entry["objectRef"].get("namespace") == stage.namespace
    )


def test_a_deletion_of_which_the_api_server_remembers_nothing_is_found(stage: Stage, proxy: Proxy):
    operator = stage.operator("--relist-interval", "4")
    replica = stage.replica("flagd-0")
    stage.apply(flag("kept"), flag("ghost"))
    for name in ("kept", "ghost"):
        stage.wait(name, Published="True")
    assert not operator.metric("flagoperator_relist_differences_total")
    with proxy.away():
        stage.delete("Flag", "ghost")
        forget(stage)
        assert stage.variant(replica, "ghost") == "on"
    stage.until(lambda: stage.answer(replica, "ghost")[0] == "")
    # No watch can have told of it.
    assert operator.metric("flagoperator_relist_differences_total")
    stage.apply(flag("kept", 0))
    stage.wait("kept", Published="True")
    assert operator.get("/healthz")[0] == 200


@pytest.mark.parametrize("times", [1, pytest.param(8, marks=pytest.mark.long)])
def test_what_is_written_while_the_api_server_forgets_is_found(stage: Stage, proxy: Proxy, times: int):
    operator = stage.operator("--relist-interval", "2")
    with Traffic(stage, stage.replicas()) as traffic:
        traffic.flow(20)
        for _ in range(times):
            with proxy.away():
                forget(stage)
            stage.until(lambda: operator.state()["leading"])
            traffic.flow(20)
    assert operator.get("/healthz")[0] == 200


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.long)])
def test_watches_that_end_all_the_time_lose_nothing(stage: Stage, proxy: Proxy, times: int):
    operator = stage.operator("--relist-interval", "600")
    with Traffic(stage, stage.replicas()) as traffic:
        before = watches(stage)
        for _ in range(times):
            traffic.flow(10)
            proxy.cut()
        stage.until(lambda: operator.state()["leading"])
        traffic.flow(40)
    assert (watches(stage) - before)["flags"] > 2, "the watch was not cut"
    assert operator.metric("flagoperator_watch_restarts_total") == 0
    assert operator.get("/healthz")[0] == 200


def test_watches_that_end_at_once_make_no_storm(stage: Stage, proxy: Proxy):
    operator = stage.operator("--relist-interval", "600")
    operator.ready()
    stage.until(lambda: len(watches(stage)) == len(KINDS))
    before, begun = watches(stage), time.monotonic()
    while proxy.cuts < STORM or time.monotonic() < begun + 5:
        proxy.cut()
        time.sleep(0.02)
    seconds = time.monotonic() - begun
    # One a second of each kind, and one that waited already; what is cut while it begins is sent once more by aiohttp.
    assert max((watches(stage) - before).values()) <= 2 * (seconds + 1)
    stage.apply(flag("checkout"))
    stage.replica("flagd-0")
    stage.wait("checkout", Published="True")
    assert operator.get("/healthz")[0] == 200


def test_the_watch_runs_under_a_uid_without_a_passwd_entry(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As in a pod of a restricted image. Python is told so by a module that it loads first."""
    (tmp_path / "sitecustomize.py").write_text(NO_PASSWD)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}".rstrip(":"))
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    before = watches(stage)
    operator = stage.operator("--relist-interval", "600")
    stage.until(lambda: (watches(stage) - before)["flags"])
    assert operator.metric("flagoperator_watch_restarts_total") == 0
    stage.until(lambda: operator.get("/readyz")[0] == 200)
    assert operator.state()["not_watched"] == []
