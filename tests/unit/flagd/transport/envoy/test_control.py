"""Control: orders and reports between the parent and the app inside Envoy."""

import asyncio
import socket

import pytest

from flagd.transport.envoy.control import Control


@pytest.fixture
async def ends():
    ours, theirs = socket.socketpair()
    pair = await Control.open(ours), await Control.open(theirs)
    yield pair
    for end in pair:
        end.close()


async def test_a_message_arrives_with_its_fields(ends):
    ours, theirs = ends
    await ours.send("started", management="127.0.0.1:8014")
    assert await theirs.receive() == {"name": "started", "management": "127.0.0.1:8014"}


async def test_what_is_waited_for_is_found_behind_other_messages(ends):
    ours, theirs = ends
    await ours.send("drain")
    await ours.send("stop")
    assert (await theirs.expect("stop"))["name"] == "stop"


async def test_an_end_that_has_gone_is_none(ends):
    ours, theirs = ends
    ours.close()
    assert await theirs.receive() is None


async def test_to_wait_for_an_end_that_has_gone_is_an_error(ends):
    ours, theirs = ends
    waiting = asyncio.create_task(theirs.expect("drain"))
    ours.close()
    with pytest.raises(ConnectionError, match="drain"):
        await waiting
