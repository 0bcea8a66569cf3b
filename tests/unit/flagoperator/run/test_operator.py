"""Each part of the operator is watched: where one ends, health fails and names it, and the run ends."""

from __future__ import annotations

import asyncio
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from flagd.backoff import Backoff
from flagd.process.tasks import TaskEndedError
from flagoperator.run.operator import REFUSED_SECONDS, Operator
from flagoperator.run.options import Options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PARTS = [
    "acknowledgements",
    "compiled",
    "count",
    "definitions",
    "heartbeat",
    "lease",
    "last_good",
    "lists",
    "management port",
    "events",
    "publisher",
    "replicas",
    "guards",
    "rollouts",
    "ruleset port",
    "reflector",
    "status",
    "takeover",
]
WORKERS = [f"status writer {number}" for number in range(8)]


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """Of an API server that is not there."""
    config = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "it", "user": {}}],
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    operator = Operator(Options(kubeconfig=file, listen="127.0.0.1:0", management_listen="127.0.0.1:0"))
    await operator.start()
    await asyncio.sleep(0)
    yield operator
    await operator.stop()


async def page(operator: Operator, path: str) -> tuple[int, dict[str, Any]]:
    host, _, port = operator.management_address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]), json.loads(body)


def running() -> dict[str, asyncio.Task[Any]]:
    return {task.get_name(): task for task in asyncio.all_tasks() if not task.get_name().startswith("Task-")}


@pytest.mark.usefixtures("operator")
async def test_the_table_has_every_part():
    assert {name for name in running() if not name.startswith("test_")} == {*PARTS, *WORKERS}


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_is_killed_fails_health_and_ends_the_run(
    operator: Operator, name: str, caplog: pytest.LogCaptureFixture
):
    assert (await page(operator, "/healthz"))[0] == HTTPStatus.OK
    running()[name].cancel()
    async with asyncio.timeout(60):
        with pytest.raises(TaskEndedError, match=name):
            await operator.fail()
    for path in ("/healthz", "/readyz"):
        status, detail = await page(operator, path)
        assert (status, detail["ended"]) == (HTTPStatus.SERVICE_UNAVAILABLE, [name])
    assert f"{name} has ended: it was cancelled" in caplog.text


@pytest.mark.parametrize("name", WORKERS[:2])
async def test_a_worker_that_is_killed_is_restarted(
    operator: Operator, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("flagd.process.tasks.RESTART", Backoff(0, 0))
    before = running()[name]
    before.cancel()
    async with asyncio.timeout(60):
        while running().get(name) in {None, before}:
            await asyncio.sleep(0.001)
    assert f"{name} has ended: it was cancelled; restarting" in caplog.text
    assert (await page(operator, "/healthz"))[0] == HTTPStatus.OK


async def test_credentials_that_nothing_renews_fail_health_so_that_a_new_process_may_try(operator: Operator):
    operator._api.refused_since = time.monotonic()
    assert (await page(operator, "/healthz"))[0] == 200
    operator._api.refused_since -= REFUSED_SECONDS + 1
    status, detail = await page(operator, "/healthz")
    assert status == 503
    assert detail["credentials_refused_seconds"] > REFUSED_SECONDS
