"""PublisherConnection: when a stream is opened again, and in which order answers go out."""

import asyncio
import logging
from contextlib import asynccontextmanager

from flagd.backoff import Backoff
from flagd.rpc.call_failed import CallFailed
from flagd.sync.subscriber import connection as connection_module
from flagd.sync.subscriber.connection import PublisherConnection, _Outbox
from flagd.sync.subscriber.request import REASON_LENGTH, ack, hello, nack
from flagd.v1.ruleset_pb2 import AdmissionCount, Heartbeat, Role, SubscribeRequest, SubscribeResponse
from tests.unit.flagd.ruleset.contents import make, many


async def sent(outbox, count):
    requests = outbox.requests(hello(Role.ROLE_REPLICA, "a", [many(2)]))
    return [await anext(requests) for _ in range(count)]


async def test_the_hello_comes_first_and_says_what_is_held():
    (first,) = await sent(_Outbox(), 1)
    held = first.hello.held[0]
    assert (held.project, held.revision, held.flags) == ("p", many(2).revision, 2)


async def test_every_answer_goes_out_and_of_other_news_the_latest():
    outbox = _Outbox()
    for ruleset in (many(1), many(2)):
        outbox.tell(ack("p", ruleset))
    outbox.answer(nack("p", "refused", "no"))
    outbox.answer(nack("q", "refused", "no"))
    _, *rest = await sent(outbox, 4)
    assert [one.WhichOneof("message") for one in rest] == ["nack", "nack", "ack"]
    assert rest[2].ack.revision == many(2).revision


async def test_an_answer_makes_older_news_of_its_project_worthless():
    outbox = _Outbox()
    outbox.tell(ack("p", many(1)))
    outbox.answer(ack("p", many(2)))
    outbox.tell(ack("q", make(project="q")))
    _, *rest = await sent(outbox, 3)
    assert [(one.ack.project, one.ack.revision) for one in rest] == [("p", many(2).revision), ("q", make().revision)]


def test_a_project_that_is_gone_is_acknowledged_without_a_revision():
    assert (ack("p", None).ack.project, ack("p", None).ack.revision) == ("p", "")


def test_reasons_are_cut_to_what_publishers_take():
    assert len(nack("p", "r", "\N{SNOWMAN}" * 10_000).nack.reason.encode()) <= 1024
    assert len(nack("p", "r", "x" * 10_000).nack.reason) == REASON_LENGTH


async def test_heartbeats_are_answered_together_and_last():
    outbox = _Outbox()
    outbox.echo()
    outbox.tell(ack("p", many(1)))
    outbox.echo()
    _, *rest = await sent(outbox, 3)
    assert [one.WhichOneof("message") for one in rest] == ["ack", "heartbeat"]


class Slow:
    """A publisher that says nothing on its first streams, and on later ones one thing after a while."""

    address = "publisher"

    def __init__(self, silent):
        self._silent = silent

    @asynccontextmanager
    async def converse(self, *_):
        self._silent -= 1
        yield self._say(never=self._silent >= 0)

    async def _say(self, *, never):
        if not never:
            yield SubscribeResponse(heartbeat=Heartbeat())
        await asyncio.Event().wait()


class Ears:
    """Notes when something was heard."""

    def __init__(self):
        self.heard_something = asyncio.Event()

    def hello(self):
        return hello(Role.ROLE_REPLICA, "a", [])

    async def heard(self, *_):
        self.heard_something.set()

    async def lost(self, _):
        pass


async def test_a_silent_stream_is_given_up_and_the_next_gets_more_time(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(connection_module, "SILENCE_SECONDS", 0.01)
    monkeypatch.setattr(connection_module, "MOST_SILENCE_SECONDS", 0.04)
    monkeypatch.setattr(connection_module, "RECONNECT", Backoff(0, 0))
    ears = Ears()
    running = asyncio.create_task(PublisherConnection(Slow(silent=4), ears).run())
    try:
        await asyncio.wait_for(ears.heard_something.wait(), 60)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    said = [record.message.rpartition(" for ")[2] for record in caplog.records if "silent" in record.message]
    assert said == ["0.01 s", "0.02 s", "0.04 s", "0.04 s"]


class Failing:
    """A publisher whose streams end with one error after another."""

    address = "publisher"

    def __init__(self, *errors):
        self._errors = list(errors)
        self.done = asyncio.Event()

    @asynccontextmanager
    async def converse(self, *_):
        if not self._errors:
            self.done.set()
            await asyncio.Event().wait()
        raise CallFailed(self._errors.pop(0))
        yield


async def test_why_a_publisher_cannot_be_had_is_said_once_and_again_when_it_changes(monkeypatch, caplog):
    monkeypatch.setattr(connection_module, "RECONNECT", Backoff(0, 0))
    publisher = Failing(*["UNAVAILABLE: away"] * 3, *["UNAUTHENTICATED: expired"] * 2, "UNAVAILABLE: away")
    running = asyncio.create_task(PublisherConnection(publisher, Ears()).run())
    try:
        await asyncio.wait_for(publisher.done.wait(), 60)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    said = [record.message.partition(": ")[2] for record in caplog.records if record.levelno == logging.WARNING]
    assert said == ["UNAVAILABLE: away", "UNAUTHENTICATED: expired", "UNAVAILABLE: away"]


async def test_a_heartbeat_that_asks_for_counts_is_answered_by_them_however_many_follow():
    outbox = _Outbox()
    told = SubscribeRequest(heartbeat=Heartbeat(counts=[AdmissionCount(flag="a", count=1)]))
    outbox.echo(told)
    outbox.echo()
    assert (await sent(outbox, 2))[1] == told
