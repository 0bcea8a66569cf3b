"""What follows an operator is watched as well: health names the part within the source that has ended."""

import asyncio
from http import HTTPStatus

import pytest

from flagd.backoff import Backoff
from flagd.process import tasks
from flagd.server.application import Application
from flagd.server.options import Options
from flagd.sources.operator import OperatorSettings
from flagd.sync.subscriber import subscriber as source
from flagd.transport.channel import Credentials
from tests.unit.flagd.server.parts import (
    eventually,
    fails_health_when_it_keeps_ending,
    is_restarted_when_killed,
    running,
    status,
)

PARTS = ["operators", "peers"]


@pytest.fixture
async def application(monkeypatch):
    """Of an operator and a peer that are not there."""
    monkeypatch.setattr(tasks, "RESTART", Backoff(0, 0))
    monkeypatch.setattr(source, "PEER_SECONDS", 0.0)
    settings = OperatorSettings(("127.0.0.1:1",), "flagd-0", Credentials(), peers=("127.0.0.1:2",))
    application = Application(Options(operator=settings, management_listen="127.0.0.1:0"))
    await application.start()
    async with asyncio.timeout(60):
        while not all(map(running, PARTS)):
            await asyncio.sleep(0)
    yield application
    await application.stop()


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_is_killed_is_restarted(application, name, caplog):
    await is_restarted_when_killed(application, name, caplog)


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_keeps_ending_fails_health(application, name, monkeypatch, caplog):
    await fails_health_when_it_keeps_ending(application, name, f"source ({name})", monkeypatch, caplog)


async def test_an_error_while_peers_are_asked_is_not_waited_for_in_silence(application, monkeypatch, caplog):
    async def broken(_):
        raise RuntimeError("no such thing")

    monkeypatch.setattr("flagd.sync.subscriber.publishers.Publishers.run", broken)
    running("peers")[0].cancel()
    await eventually(lambda: status(application, "/healthz"), HTTPStatus.SERVICE_UNAVAILABLE)
    assert "peers has ended: it failed; restarting" in caplog.text
