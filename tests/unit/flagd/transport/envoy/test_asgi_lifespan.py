"""What goes wrong in callbacks inside Envoy: a caller that went is not an error, all else is told."""

import asyncio
import json
import logging
import socket

import pytest

from flagd.transport.envoy.asgi_lifespan import AsgiLifespan
from flagd.transport.envoy.control import HANDOVER
from tests.wire.toy import Toy


@pytest.fixture
async def guest(monkeypatch):
    """A guest that lives in this event loop."""
    ours, theirs = socket.socketpair()
    handover = {"control": theirs.detach(), "options": {}, "log": 2, "admin": "admin.sock"}
    monkeypatch.setenv(HANDOVER, json.dumps(handover))
    orders, said = asyncio.Queue(), asyncio.Queue()
    orders.put_nowait({"type": "lifespan.startup"})
    living = asyncio.create_task(AsgiLifespan(Toy)({"type": "lifespan"}, orders.get, said.put))
    assert await said.get() == {"type": "lifespan.startup.complete"}
    yield
    orders.put_nowait({"type": "lifespan.shutdown"})
    await living
    ours.close()


async def failing(callback):
    """Have `callback` run by the event loop itself, as what Envoy's side tells is."""
    asyncio.get_running_loop().call_soon(callback)
    await asyncio.sleep(0)


@pytest.mark.usefixtures("guest")
async def test_an_answer_that_comes_after_its_caller_went_leaves_no_traceback(caplog):
    waiting = asyncio.get_running_loop().create_future()
    waiting.cancel()
    with caplog.at_level(logging.INFO):
        await failing(lambda: waiting.set_result(None))
    assert caplog.messages == []


@pytest.mark.usefixtures("guest")
async def test_any_other_error_of_a_callback_is_logged(caplog):
    await failing(lambda: {}["no such thing"])
    assert "no such thing" in caplog.text
