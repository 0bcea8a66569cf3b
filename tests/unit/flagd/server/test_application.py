"""Each part of flagd is watched: one that ends is restarted; where that does not help, health fails and names it."""

import asyncio
import json
from http import HTTPStatus

import pytest

from flagd.backoff import Backoff
from flagd.process import tasks
from flagd.ruleset.census import Census
from flagd.server import door
from flagd.server.application import Application
from flagd.server.options import Options
from tests.unit.flagd.server.parts import (
    eventually,
    fails_health_when_it_keeps_ending,
    is_restarted_when_killed,
    page,
    status,
)
from tests.wire.shop import SHOP

PARTS = [
    "door",
    "last good",
    "loop lag",
    "GC tuning",
    "management port",
    "relief",
    "reminder",
    "ruleset port",
    "source",
]


@pytest.fixture
async def application(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "RESTART", Backoff(0, 0))
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "shop.yaml").write_text(SHOP)
    (tmp_path / "state").mkdir()
    options = Options(
        tmp_path / "manifests",
        management_listen="127.0.0.1:0",
        ruleset_listen="127.0.0.1:0",
        state_dir=tmp_path / "state",
    )

    async def accepting():
        return application.lets_in

    application = Application(options, accepting)
    application.lets_in = True
    await application.start()
    await eventually(lambda: status(application, "/readyz"), HTTPStatus.OK)
    yield application
    await application.stop()


@pytest.mark.usefixtures("application")
async def test_the_table_has_every_part():
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert {name for name in names if not name.startswith(("Task-", "test_"))} == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_is_killed_is_restarted(application, name, caplog):
    await is_restarted_when_killed(application, name, caplog)


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_keeps_ending_fails_health(application, name, monkeypatch, caplog):
    await fails_health_when_it_keeps_ending(application, name, name, monkeypatch, caplog)


async def test_a_ruleset_port_whose_server_dies_listens_again(application, caplog):
    transport = application._ruleset_port._transport
    dead, address = transport._server, transport.address
    await dead.stop(0)
    async with asyncio.timeout(60):
        while transport._server in {None, dead}:
            await asyncio.sleep(0.001)
    assert "ruleset port has ended: it returned; restarting" in caplog.text
    assert transport.address == address
    _, writer = await asyncio.open_connection(*address.split(":"))
    writer.close()
    assert await status(application, "/healthz") == HTTPStatus.OK


async def test_a_ruleset_port_that_cannot_be_had_again_fails_health(application, monkeypatch):
    transport = application._ruleset_port._transport
    monkeypatch.setattr(transport, "_address", "256.0.0.1:1")
    await transport._server.stop(0)
    await eventually(lambda: status(application, "/healthz"), HTTPStatus.SERVICE_UNAVAILABLE)
    assert json.loads((await page(application, "/readyz"))[1])["ended"] == ["ruleset port"]


async def test_ready_counts_flags_and_groups_apart(application):
    found = json.loads((await page(application, "/readyz"))[1])["projects"]["shop"]
    counts = Census().count(application._store.snapshots["shop"].ruleset)
    assert (found["flags"], found["groups"]) == (counts.flags, counts.groups)
    assert counts.groups > 0


async def test_health_says_when_the_port_lets_nobody_in(application, monkeypatch, caplog):
    monkeypatch.setattr(door, "LOOK_SECONDS", 0.01)
    application.lets_in = False
    await eventually(lambda: status(application, "/readyz"), HTTPStatus.SERVICE_UNAVAILABLE)
    assert json.loads((await page(application, "/readyz"))[1])["accepting"] is False
    assert await status(application, "/healthz") == HTTPStatus.OK
    assert "the evaluation port accepts no connections" in caplog.text
    monkeypatch.setattr(door, "PATIENCE_SECONDS", 0.0)
    assert await status(application, "/healthz") == HTTPStatus.SERVICE_UNAVAILABLE
    application.lets_in = True
    await eventually(lambda: status(application, "/readyz"), HTTPStatus.OK)
    assert await status(application, "/healthz") == HTTPStatus.OK
