"""Watch where the wire cannot reach: heartbeats, and revisions that pass unseen."""

import asyncio

import pytest

from flagd.api.access import Access
from flagd.api.evaluation.watch import Watch
from flagd.metrics import Metrics
from flagd.rpc.status import NotFound, Unavailable
from flagd.ruleset.default_project import DefaultProject
from flagd.store import Store
from flagd.v1.evaluation_pb2 import User, WatchRequest, WatchResponse
from tests.unit.flagd.api.projects import NOBODY, snapshots

REQUEST = WatchRequest(project="default", user=User(user_id="ann"))


def _flag(variant, name="a"):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}}}
spec: {{active: true, variants: [{{key: {variant}}}], allOtherUsers: {{percent: 100}}}}
---"""


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(_flag("one")))
    return store


def _watch(store, heartbeat_seconds=3600.0):
    return Watch(Access(store, Metrics()), store, heartbeat_seconds).watch(REQUEST, NOBODY)


async def _next(stream):
    message = WatchResponse.FromString(await anext(stream))
    return {key: one.key for key, one in message.variants.items()}, list(message.removed)


async def test_a_heartbeat_says_which_revision_holds_and_nothing_else(store):
    stream = _watch(store, heartbeat_seconds=0.001)
    await anext(stream)
    beat = WatchResponse.FromString(await anext(stream))
    assert beat == WatchResponse(revision=store.snapshots["default"].revision, as_of=beat.as_of)


async def test_heartbeats_come_by_the_clock_however_often_something_else_changes(store):
    stream = _watch(store, heartbeat_seconds=0.2)
    await anext(stream)
    other = snapshots(_flag("one").replace("{name: a}", "{name: a, namespace: b}"))
    waiting = asyncio.ensure_future(anext(stream))
    async with asyncio.timeout(60):
        while not waiting.done():
            store.replace({**store.snapshots, **other})
            await asyncio.sleep(0)
    assert WatchResponse.FromString(waiting.result()).revision == store.snapshots["default"].revision


async def test_a_reader_who_is_slow_hears_the_latest_only(store):
    stream = _watch(store)
    assert await _next(stream) == ({"a": "one"}, [])
    for variant in ("two", "three", "four"):
        store.replace(snapshots(_flag(variant)))
    assert await _next(stream) == ({"a": "four"}, [])


async def test_a_change_that_is_taken_back_unseen_is_none(store):
    stream = _watch(store)
    await _next(stream)
    store.replace(snapshots(_flag("two")))
    store.replace(snapshots(_flag("one")))
    waiting = asyncio.ensure_future(_next(stream))
    await asyncio.sleep(0)
    store.replace(snapshots(_flag("one") + _flag("new", "b")))
    assert await waiting == ({"b": "new"}, [])


async def test_a_flag_that_is_gone_is_said_to_be(store):
    stream = _watch(store)
    await _next(stream)
    store.replace(snapshots(_flag("new", "b")))
    assert await _next(stream) == ({"b": "new"}, ["a"])


async def test_the_flags_of_a_project_that_is_gone_are_said_to_be_and_told_again_when_it_is_back(store):
    stream = _watch(store)
    await _next(stream)
    store.replace({})
    assert await _next(stream) == ({}, ["a"])
    store.replace(snapshots(_flag("one")))
    assert await _next(stream) == ({"a": "one"}, [])


async def test_where_others_hold_the_projects_one_that_is_gone_ends_the_stream():
    store = Store(DefaultProject(alone=False))
    store.replace(snapshots(_flag("one").replace("name: a", "name: a, namespace: shop")))
    stream = Watch(Access(store, Metrics()), store).watch(
        WatchRequest(project="shop", user=User(user_id="ann")), NOBODY
    )
    await _next(stream)
    store.replace({})
    with pytest.raises(NotFound):
        await _next(stream)


async def test_draining_ends_the_stream_and_the_subscription(store):
    stream = _watch(store)
    await _next(stream)
    store.close()
    with pytest.raises(Unavailable):
        await _next(stream)
