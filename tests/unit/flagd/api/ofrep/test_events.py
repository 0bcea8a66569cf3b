"""Events that say when to ask again."""

import json

import pytest

from flagd.api.access import Access
from flagd.api.ofrep.events import PATH, Events, stream_address
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import NotFound, PermissionDenied, Unauthenticated
from flagd.store import Store
from tests.unit.flagd.api.projects import NOBODY, snapshots, with_key
from tests.unit.flagd.api.requests import request
from tests.wire.shop import OTHER, OTHER_KEY, SHOP, WEB_KEY, key_hash

CHANGED = SHOP.replace("percent: 1}", "percent: 2}")


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(f"{SHOP}---{OTHER}"))
    return store


@pytest.fixture
def access(store):
    return Access(store, Metrics())


async def _open(access, store, call=NOBODY, keep_alive_seconds=3600.0, **headers):
    query = stream_address("shop", call).removeprefix(f"{PATH}?")
    return (await Events(access, store, keep_alive_seconds).answer(request(query=query, **headers))).events


def _read(event):
    name, data, *rest = event.decode().split("\n")
    assert rest == ["", ""]
    return name.removeprefix("id: "), json.loads(data.removeprefix("data: "))


async def test_a_stream_asks_for_a_refetch_at_once_and_at_every_change(access, store):
    events = await _open(access, store)
    for _ in range(2):
        revision, event = _read(await anext(events))
        assert (revision, event) == (store.snapshots["shop"].revision, {"type": "refetchEvaluation"})
        store.replace(snapshots(CHANGED))


async def test_who_heard_of_this_revision_is_not_told_again(access, store):
    events = await _open(access, store, last_event_id=store.snapshots["shop"].revision, keep_alive_seconds=0.001)
    assert await anext(events) == b":\n\n"
    store.replace(snapshots(CHANGED))
    event = b":\n\n"
    while event == b":\n\n":
        event = await anext(events)
    assert _read(event)[0] == store.snapshots["shop"].revision


async def test_a_change_of_another_project_is_no_news(access, store):
    events = await _open(access, store, keep_alive_seconds=0.001)
    await anext(events)
    other = OTHER.replace("percent: 100", "percent: 1")
    store.replace({**store.snapshots, **snapshots(other)})
    assert await anext(events) == b":\n\n"


async def test_the_address_names_the_key_by_its_hash(access, store):
    address = stream_address("shop", with_key(WEB_KEY))
    assert WEB_KEY not in address
    assert address == f"{PATH}?project=shop&key_hash={key_hash(WEB_KEY).removeprefix('sha256:')}"
    assert await anext(await _open(access, store, with_key(WEB_KEY)))


async def test_keys_of_others_and_unknown_ones_hear_nothing(access, store):
    with pytest.raises(PermissionDenied):
        await _open(access, store, with_key(OTHER_KEY))
    with pytest.raises(Unauthenticated):
        await _open(access, store, with_key("wrong"))
    with pytest.raises(Unauthenticated):
        await _open(Access(store, Metrics(), "required"), store)


async def test_an_unknown_project_is_not_found(access, store):
    with pytest.raises(NotFound):
        await Events(access, store).answer(request(query="project=nothing"))


async def test_a_stream_ends_when_its_key_is_withdrawn(access, store):
    events = await _open(access, store, with_key(WEB_KEY))
    await anext(events)
    store.replace(snapshots(SHOP.replace(key_hash(WEB_KEY), key_hash("another"))))
    with pytest.raises(Unauthenticated):
        await anext(events)


async def test_a_stream_ends_when_the_server_drains_and_none_begins(access, store):
    events = await _open(access, store)
    await anext(events)
    store.close()
    assert [event async for event in events] == []
    assert [event async for event in await _open(access, store)] == []  # not an error: browsers give up after one


async def test_where_nothing_is_served_yet_the_stream_ends_so_that_a_browser_asks_again():
    store = Store()
    assert [event async for event in await _open(Access(store, Metrics()), store)] == []


def test_the_project_is_written_as_a_query_needs_it():
    assert stream_address("a&b", Call({})) == f"{PATH}?project=a%26b"
