"""Cohorts from lists beside the manifests: a real flagd, and a client that decides in its own process."""

import signal

import pytest

from flagd.backoff import Backoff
from flagd.client import FlagClient, User
from flagd.client.following import follower
from flagd.transport.envoy import missing
from tests.wire.process import eventually

SECONDS = 60
MANIFESTS = """
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: new, namespace: shop}
spec:
  active: true
  evaluationMode: Local
  variants: [{key: "on"}]
  segments: [{name: beta, match: [{op: in cohort, values: [beta]}], rollout: {percent: 100}}]
---
kind: FlagCohort
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: beta, namespace: shop}
spec: {from: {source: warehouse, path: lists/beta.csv, column: id}}
"""
IDS = [f"user-{number}" for number in range(1000)]


@pytest.fixture(scope="session")
def transport():
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    return "envoy"


def _revision(process):
    return process.ready()["projects"]["shop"]["revision"]


def _write(folder, ids):
    new = folder / "lists" / "beta.new"
    new.write_text("\n".join(["name,id", *(f"Somebody,{each}" for each in ids)]))
    new.replace(folder / "lists" / "beta.csv")


def test_a_change_of_a_list_reaches_servers_and_clients_and_a_bad_one_neither(tmp_path, start, monkeypatch):
    monkeypatch.setattr(follower, "RECONNECT", Backoff(0.1, 0.1))
    folder, state = tmp_path / "flags", tmp_path / "client.flags"
    (folder / "lists").mkdir(parents=True)
    (folder / "all.yaml").write_text(MANIFESTS)
    _write(folder, IDS)
    process = start(folder)
    with FlagClient(f"http://{process.listen}", project="shop", last_good=state) as local:
        assert local.wait_ready(SECONDS)
        assert [local.variant("new", User(each)).key for each in ("user-7", "eve")] == ["on", "off"]
        eventually(state.exists)
        before = state.read_bytes()
        _write(folder, [*IDS[1:], "eve"])
        eventually(lambda: local.variant("new", User("eve")).key == "on")
        assert local.variant("new", User("user-0")).key == "off"
        _write(folder, ["mallory"])
        eventually(lambda: any("holds 1 ids where it held 1,000" in each for each in process.ready()["diagnostics"]))
        assert [local.variant("new", User(each)).key for each in ("eve", "mallory")] == ["on", "off"]
        (folder / "lists" / "beta.csv").unlink()
        eventually(lambda: any("no such file" in each for each in process.ready()["diagnostics"]))
        assert local.variant("new", User("eve")).key == "on"
        eventually(lambda: state.read_bytes() != before)
    process.stop()
    with FlagClient(f"http://{process.listen}", project="shop", last_good=state) as alone:
        eventually(lambda: alone.variant("new", User("eve")).key == "on")


def test_somebody_may_confirm_that_a_list_is_to_be_short(tmp_path, start):
    (tmp_path / "lists").mkdir()
    (tmp_path / "all.yaml").write_text(MANIFESTS)
    _write(tmp_path, IDS)
    process = start(tmp_path)
    before = _revision(process)
    _write(tmp_path, IDS[:10])
    eventually(lambda: "ListStale" in str(process.ready()["diagnostics"]))
    assert _revision(process) == before
    process.signal(signal.SIGHUP)
    eventually(lambda: _revision(process) != before)
    assert not process.ready()["diagnostics"]
