"""The parts around Envoy are watched: each that ends is restarted; where that does not help, Envoy or the run ends."""

import asyncio
import os
import signal

import grpc.aio
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.process import tasks
from flagd.process.tasks import TaskEndedError
from flagd.transport.envoy import EnvoyServer, EnvoySettings, missing

SECONDS = 60
OURS = ["envoy", "envoy log"]
AGAIN = "Envoy runs again on"


@pytest.fixture(params=[{}])
async def server(request):
    """A toy inside Envoy, of which this process is the parent."""
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    server = EnvoyServer(EnvoySettings("tests.wire.toy:app", request.param, "127.0.0.1:0"))
    await server.start()
    yield server
    await server.drain(5)


def end(name):
    (part,) = [task for task in asyncio.all_tasks() if task.get_name() == name]
    part.cancel()


async def end_inside(server, name):
    async with grpc.aio.insecure_channel(server.address) as channel:
        call = channel.unary_unary("/toy.Toy/End", StringValue.SerializeToString, StringValue.FromString)
        assert (await call(StringValue(value=name), timeout=SECONDS, wait_for_ready=True)).value == "1"


async def said(caplog, text):
    async with asyncio.timeout(SECONDS):
        while text not in caplog.text:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("name", OURS)
async def test_a_part_that_is_killed_is_restarted_and_envoy_is_still_watched(server, name, caplog):
    end(name)
    await said(caplog, f"{name} has ended: it was cancelled; restarting")
    os.kill(server.pid, signal.SIGKILL)
    await said(caplog, AGAIN)


async def test_control_that_is_killed_is_restarted_and_orders_are_obeyed(server, caplog):
    await end_inside(server, "control")
    await said(caplog, "control has ended: it was cancelled; restarting")
    running = server._running
    async with asyncio.timeout(SECONDS):
        await running._control.send("drain")
        await running._control.expect("drain")


async def test_where_nobody_watches_envoy_any_more_the_run_fails(server, monkeypatch, caplog):
    monkeypatch.setattr(tasks, "RESTARTS", 0)
    end("envoy")
    async with asyncio.timeout(SECONDS):
        with pytest.raises(TaskEndedError, match="envoy"):
            await server.fail()
    assert "envoy has ended: it was cancelled" in caplog.text


@pytest.mark.usefixtures("server")
async def test_an_envoy_that_nobody_reads_is_ended_and_another_started(monkeypatch, caplog):
    monkeypatch.setattr(tasks, "RESTARTS", 0)
    end("envoy log")
    await said(caplog, AGAIN)
    assert "nobody reads what Envoy prints any more; ending it" in caplog.text


@pytest.mark.parametrize("server", [{"restarts": 0}], indirect=True)
async def test_an_envoy_that_obeys_nobody_ends_and_another_is_started(server, caplog):
    await end_inside(server, "control")
    await said(caplog, AGAIN)
    assert "control has gone; ending" in caplog.text
