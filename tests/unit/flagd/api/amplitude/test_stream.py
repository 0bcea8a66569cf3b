"""Compiled flags as a stream."""

import json

import pytest

from flagd.api.amplitude.stream import KEEP_ALIVE, FlagStream
from flagd.rpc.status import PermissionDenied, Unauthenticated, Unavailable
from tests.unit.flagd.api.amplitude.projects import CLIENT, KEY, SERVER, local_project
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request
from tests.wire.shop import key_hash


async def _open(flags, store, keep_alive_seconds=3600.0):
    return (await FlagStream(flags, store, keep_alive_seconds).answer(request(**SERVER))).events


def _variants(event):
    assert event.startswith(b"data: [")
    assert event.endswith(b"]\n\n")
    assert event.count(b"\n") == 2
    near = next(one for one in json.loads(event.removeprefix(b"data: ")) if one["key"] == "near")
    return sorted(near["variants"])


async def test_a_stream_begins_with_all_flags_and_sends_them_again_when_they_change(flags, store):
    events = await _open(flags, store)
    assert _variants(await anext(events)) == ["off", "on"]
    store.replace(snapshots(local_project("blue")))
    assert _variants(await anext(events)) == ["blue", "off"]


async def test_a_stream_without_news_says_one_space(flags, store):
    events = await _open(flags, store, keep_alive_seconds=0.001)
    await anext(events)
    assert await anext(events) == KEEP_ALIVE == b"data:  \n\n"


async def test_a_stream_ends_when_the_server_drains_and_none_begins(flags, store):
    events = await _open(flags, store)
    await anext(events)
    store.close()
    assert [event async for event in events] == []
    with pytest.raises(Unavailable):
        await _open(flags, store)


async def test_a_stream_ends_when_its_key_is_withdrawn(flags, store):
    events = await _open(flags, store)
    await anext(events)
    store.replace(snapshots(local_project().replace(key_hash(KEY), key_hash("another"))))
    with pytest.raises(Unauthenticated):
        await anext(events)


async def test_a_caller_without_the_right_key_is_refused_before_the_stream_begins(flags, store):
    with pytest.raises(PermissionDenied):
        await FlagStream(flags, store).answer(request(**CLIENT))
