"""EventStream in process: what is said, to whom, and when."""

import asyncio

import pytest
from google.protobuf.json_format import MessageToDict

from flagd.api.access import Access
from flagd.api.openfeature.events import FLAGS_PER_MESSAGE, Events
from flagd.api.openfeature.history import REMEMBERED_SECONDS
from flagd.metrics import Metrics
from flagd.openfeature.v1.evaluation_pb2 import EventStreamRequest, EventStreamResponse
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, NotFound, Unavailable
from flagd.store import Store
from tests.unit.flagd.api.projects import NOBODY, snapshots

READY = {"type": "provider_ready"}
KEEP_ALIVE = {"type": "keep_alive"}


def _change(**kinds):
    return {"type": "configuration_change", "data": {"flags": {key: {"type": kind} for key, kind in kinds.items()}}}


def _flag(name, variant="on", project="shop"):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {project}}}
spec: {{active: true, variants: [{{key: "{variant}"}}], allOtherUsers: {{percent: 100}}}}
---"""


class _Server:
    """A store, its EventStream and a clock that stands still."""

    def __init__(self, text=None, silence_seconds=3600.0):
        self.now = 0.0
        self.store = Store()
        if text is not None:
            self.serve(text)
        access = Access(self.store, Metrics())
        self.events = Events(access, self.store, silence_seconds, lambda: self.now)

    def serve(self, text):
        self.store.replace(snapshots(text, self.store.snapshots))

    def open(self, call=NOBODY):
        return self.events.event_stream(EventStreamRequest(), call)


async def _next(stream):
    return MessageToDict(EventStreamResponse.FromString(await anext(stream)))


async def _opened(stream):
    """Read what a new stream says: that it is ready, and what changed lately."""
    return [await _next(stream), await _next(stream)]


async def test_a_stream_is_ready_at_once_then_names_what_changed_lately_then_what_changes():
    server = _Server(_flag("a") + _flag("b"))
    stream = server.open()
    assert await _opened(stream) == [READY, _change(a="write", b="write")]
    server.serve(_flag("a", "two") + _flag("c"))
    assert await _next(stream) == _change(a="update", b="delete", c="write")


async def test_a_change_that_is_none_is_not_told():
    server = _Server(_flag("a"))
    stream = server.open()
    await _opened(stream)
    waiting = asyncio.ensure_future(_next(stream))
    for text in (_flag("a"), _flag("a"), _flag("a") + _flag("b")):
        server.serve(text)
        await asyncio.sleep(0)
    assert await waiting == _change(b="write")


async def test_who_comes_back_hears_what_changed_while_away_and_what_before_that_for_ten_minutes():
    server = _Server(_flag("a") + _flag("b"))
    first = server.open()
    await _opened(first)
    await first.aclose()
    server.now = REMEMBERED_SECONDS
    server.serve(_flag("a") + _flag("b", "two"))
    assert await _opened(server.open()) == [READY, _change(b="update")]


async def test_who_comes_back_after_ten_quiet_minutes_hears_that_it_is_ready_only():
    server = _Server(_flag("a"), silence_seconds=0.0)
    await _opened(server.open())
    server.now = REMEMBERED_SECONDS
    stream = server.open()
    assert [await _next(stream), await _next(stream)] == [READY, KEEP_ALIVE]


async def test_silence_is_broken_by_keep_alive_also_while_snapshots_grow_older():
    server = _Server(_flag("a"), silence_seconds=20.0)
    stream = server.open()
    await _opened(stream)
    waiting = asyncio.ensure_future(_next(stream))
    for _ in range(4):
        await asyncio.sleep(0)
        assert not waiting.done()
        server.now += 5
        server.store.replace({name: one.at(server.now) for name, one in server.store.snapshots.items()})
    assert await waiting == KEEP_ALIVE


async def test_without_a_selector_the_changes_of_all_projects_are_told():
    server = _Server(_flag("a") + _flag("b", project="billing"))
    stream = server.open()
    assert await _opened(stream) == [READY, _change(a="write", b="write")]
    server.serve(_flag("a"))
    assert await _next(stream) == _change(b="delete")


async def test_with_a_selector_the_changes_of_that_project_only():
    server = _Server(_flag("a") + _flag("b", project="billing"))
    stream = server.open(Call({"flagd-selector": "flagSetId=billing"}))
    assert await _opened(stream) == [READY, _change(b="write")]
    server.serve(_flag("a", "two") + _flag("b", "two", project="billing"))
    assert await _next(stream) == _change(b="update")
    server.serve(_flag("a"))
    assert await _next(stream) == _change(b="delete")


REFUSED = [
    (None, NOBODY, Unavailable, "no ruleset has been loaded yet"),
    ("", NOBODY, Unavailable, "this server serves no project"),
    (_flag("a"), Call({"flagd-selector": "flagSetId=shpo"}), NotFound, "unknown project"),
    (
        _flag("a"),
        Call({"flagd-selector": "a,b"}),
        InvalidArgument,
        "flagd-selector: must be flagSetId=<project>, or just",
    ),
]


@pytest.mark.parametrize(("text", "call", "error", "message"), REFUSED)
async def test_a_stream_that_cannot_be_served_is_refused(text, call, error, message):
    with pytest.raises(error, match=message):
        await _next(_Server(text).open(call))


async def test_a_server_that_drains_ends_its_streams_with_unavailable():
    server = _Server(_flag("a"))
    stream = server.open()
    await _opened(stream)
    server.store.close()
    with pytest.raises(Unavailable, match="draining"):
        await _next(stream)


async def test_a_reader_who_slept_through_what_is_remembered_is_sent_to_connect_again():
    server = _Server(_flag("a"))
    slow, quick = server.open(), server.open()
    await _opened(slow)
    await _opened(quick)
    server.serve(_flag("a", "two"))
    await _next(quick)
    server.now = REMEMBERED_SECONDS
    await _next(server.open())
    with pytest.raises(Unavailable, match="fell behind"):
        await _next(slow)


async def test_what_is_told_is_encoded_once_for_all():
    server = _Server(_flag("a"))
    streams = [server.open() for _ in range(10)]
    for stream in streams:
        await _opened(stream)
    server.serve(_flag("a", "two"))
    told = [await anext(stream) for stream in streams]
    assert len({id(message) for message in told}) == 1


async def test_many_changes_are_told_in_parts_that_callers_can_take():
    names = [f"f{number}" for number in range(FLAGS_PER_MESSAGE + 1)]
    server = _Server("".join(map(_flag, names)))
    stream = server.open()
    assert await _next(stream) == READY
    parts = [(await _next(stream))["data"]["flags"] for _ in range(2)]
    assert [len(part) for part in parts] == [FLAGS_PER_MESSAGE, 1]
    assert sorted(key for part in parts for key in part) == sorted(names)
