"""Cohorts from lists: fetched by the operator, served by every replica, and kept where a fetch goes wrong."""

from __future__ import annotations

import json
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import API_VERSION
from tests import list_server
from tests.cluster.pki import Pki
from tests.cluster.stage import flag
from tests.list_server import TOKEN, ListServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.stage import Stage

IDS = [f"user-{number}" for number in range(1000)]
BETA = [{"name": "beta", "match": [{"op": "in cohort", "values": ["beta"]}], "rollout": {"percent": 100}}]


def cohort(**origin: Any) -> dict[str, Any]:
    spec = {"from": {"source": "warehouse", "path": "beta.csv", **origin}}
    return {"apiVersion": API_VERSION, "kind": "FlagCohort", "metadata": {"name": "beta"}, "spec": spec}


def lines(*ids: str) -> bytes:
    return "".join(f"{each}\n" for each in ids).encode()


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Pki(tmp_path_factory.mktemp("pki")).folder


@pytest.fixture
def server(pki: Path) -> Iterator[ListServer]:
    with ListServer(pki / "serving.crt", pki / "serving.key") as server:
        server.lists["beta.csv"] = lines(*IDS)
        yield server


def events(stage: Stage) -> set[str]:
    items = stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/events")["items"]
    return {each["reason"] for each in items if each["involvedObject"]["name"] == "beta"}


def test_a_list_is_fetched_and_what_goes_wrong_later_keeps_the_last_good_one(
    stage: Stage, server: ListServer, pki: Path, tmp_path: Path
):
    token, settings = tmp_path / "token", tmp_path / "sources.yaml"
    token.write_text(TOKEN)
    source = {"url": server.url, "tokenFile": str(token), "caFile": str(pki / "ca.crt"), "intervalSeconds": 1}
    settings.write_text(json.dumps({"warehouse": source}))
    operator = stage.operator("--list-sources", str(settings))
    replica = stage.replica("flagd-0")
    stage.apply(cohort(), flag("checkout", 0, segments=BETA))
    status = stage.wait("beta", "FlagCohort", Ready="True", Published="True", ListCurrent="True")["status"]
    assert status["list"]["ids"] == 1000
    stage.wait("checkout", Ready="True", Published="True")
    assert [stage.variant(replica, "checkout", user) for user in ("user-7", "eve")] == ["on", "off"]

    server.lists["beta.csv"] = lines(*IDS, "eve")
    stage.until(lambda: stage.variant(replica, "checkout", "eve") == "on")

    server.lists["beta.csv"] = lines("user-1", "mallory")
    found = stage.wait("beta", "FlagCohort", ListCurrent="False")
    condition = next(each for each in found["status"]["conditions"] if each["type"] == "ListCurrent")
    assert condition["reason"] == "ListStale"
    assert "holds 2 ids where it held 1,001" in condition["message"]
    server.faults["beta.csv"] = list_server.cut_short
    stage.until(lambda: "cut short" in stage.condition("FlagCohort", "beta", "ListCurrent").get("message", ""))
    assert [stage.variant(replica, "checkout", user) for user in ("eve", "mallory")] == ["on", "off"]
    stage.until(lambda: "ListStale" in events(stage))
    labels = f'{{cohort="beta",namespace="{stage.namespace}"}}'
    assert operator.metric(f"flagoperator_list_stale{labels}") == 1
    assert operator.metric(f"flagoperator_list_ids{labels}") == 1001

    server.faults.clear()
    stage.apply(cohort(mayShrink=True))
    stage.until(lambda: stage.variant(replica, "checkout", "mallory") == "on")
    assert stage.variant(replica, "checkout", "user-7") == "off"
    stage.wait("beta", "FlagCohort", ListCurrent="True", Ready="True")
    stage.until(lambda: "ListCurrent" in events(stage))


def _keeps(state: Path, *parts: bytes) -> bool:
    return state.exists() and all(part in state.read_bytes() for part in parts)


def test_a_mounted_folder_is_a_source_and_a_list_outlives_its_operator(stage: Stage, tmp_path: Path):
    folder, settings = tmp_path / "lists", tmp_path / "sources.yaml"
    folder.mkdir()
    (folder / "beta.csv").write_bytes(lines(*IDS))
    settings.write_text(json.dumps({"warehouse": {"folder": str(folder), "namespaces": [stage.namespace]}}))
    operator = stage.operator("--list-sources", str(settings), "--state-dir", str(tmp_path))
    replica = stage.replica("flagd-0")
    stage.apply(cohort(), flag("checkout", 0, segments=BETA))
    stage.wait("checkout", Ready="True", Published="True")
    assert stage.variant(replica, "checkout", "user-7") == "on"
    stage.until(lambda: _keeps(tmp_path / "last-good.ruleset", b'"checkout"', b'"hashes"'))
    operator.stop()
    (folder / "beta.csv").unlink()
    stage.operator("--list-sources", str(settings), "--state-dir", str(tmp_path))
    stage.wait("beta", "FlagCohort", ListCurrent="False")
    assert [stage.variant(replica, "checkout", user) for user in ("user-7", "eve")] == ["on", "off"]
    (folder / "beta.csv").write_bytes(lines(*IDS, "eve"))
    stage.until(lambda: stage.variant(replica, "checkout", "eve") == "on")


def test_a_source_that_is_not_there_or_not_for_the_namespace_is_said(stage: Stage, tmp_path: Path):
    settings = tmp_path / "sources.yaml"
    settings.write_text(json.dumps({"warehouse": {"folder": str(tmp_path), "namespaces": ["another"]}}))
    stage.operator("--list-sources", str(settings))
    stage.replica("flagd-0")
    stage.apply(cohort())
    found = stage.wait("beta", "FlagCohort", Ready="False")
    ready = next(each for each in found["status"]["conditions"] if each["type"] == "Ready")
    assert ready["reason"] == "ListMissing"
    assert f"no source 'warehouse' for namespace {stage.namespace}" in ready["message"]


PATHS = (
    "../x",
    "a/../b",
    "/etc",
    "a//b",
    "https://x",
    "a@b",
    ".hidden",
    "a/.b",
    "a?b",
    "a%2e",
    "a\\b",
    "-a",
    "",
)
"""Paths that could lead elsewhere."""


def test_the_api_server_refuses_paths_that_could_lead_elsewhere_and_members_beside_a_list(stage: Stage):
    both = cohort()
    both["spec"]["members"] = ["ann"]
    for wrong in (both, *(cohort(path=path) for path in PATHS)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            stage.put(wrong)
        with refused.value as answer:
            assert answer.code == 422
