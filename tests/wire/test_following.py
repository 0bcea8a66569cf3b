"""A flagd behind publishers: what it takes, from whom, and what it says when they are silent."""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace

import grpc
import pytest

from flagd.sync.publisher import updates as updates_module
from flagd.sync.subscriber.connection import MOST_EPOCH, PublisherConnection
from flagd.transport.channel import Credentials, Endpoint
from flagd.v1.ruleset_pb2 import Ack, Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub
from tests.wire.publisher import eventually, following, publishing, ruleset

ONE, TWO, THREE = (ruleset(a=variant, b="same") for variant in ("one", "two", "three"))
REFUSED = 'flagd_updates_total{result="refused"}'
PASSED_OVER = 'flagd_updates_total{result="passed over"}'


@asynccontextmanager
async def following_one():
    """Give a publisher of ONE, and a flagd that serves it."""
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(ONE)
        await publisher.served(ONE)
        yield publisher, flagd


async def test_an_edit_reaches_callers_as_one_flag_and_is_acknowledged(monkeypatch):
    made = []
    make_update = updates_module.make_update
    monkeypatch.setattr(updates_module, "make_update", lambda *pair: made.append(make_update(*pair)) or made[-1])
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(ONE)
        await publisher.served(ONE)
        assert await flagd.variants() == {"a": "one", "b": "same"}
        publisher.put(TWO)
        await publisher.served(TWO)
        assert await flagd.variants() == {"a": "two", "b": "same"}
        assert publisher.subscribers.replicas["flagd"].served["shop"].flags == 2
    assert [[entry.key for entry in update.flags] for update in made] == [["a", "b"], ["a"]]


async def test_the_first_load_is_served_as_a_whole():
    projects = [ruleset(f"p{number}", a="one") for number in range(20)]
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(*projects)
        ready = await eventually(lambda: _if_ready(flagd))
    assert len(ready["projects"]) == 20


async def test_a_publisher_without_any_project_makes_flagd_ready_and_it_says_why_callers_get_nothing():
    async with publishing() as publisher, following(publisher.address) as flagd:
        assert not (await flagd.ready())["ready"]
        publisher.put()
        await eventually(lambda: _says(flagd, f"this server serves no project: the operator at {publisher.address}"))
        assert (await flagd.ready())["ready"]
        publisher.put(ONE)
        await publisher.served(ONE)
        ready = await flagd.ready()
        assert (ready["projects"].keys(), ready["reason"]) == ({"shop"}, "")


async def test_a_publisher_whose_last_project_goes_leaves_flagd_ready():
    async with following_one() as (publisher, flagd):
        publisher.put()
        await publisher.until(lambda subscribers: not subscribers.replicas["flagd"].served)
        ready = await flagd.ready()
        assert (ready["ready"], ready["projects"], ready["reason"]) == (True, {}, "")


async def _says(flagd, reason):
    return (await flagd.ready())["reason"].startswith(reason)


async def test_a_project_that_is_gone_is_served_no_longer():
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(ONE, ruleset("other", a="one"))
        await publisher.served(ONE)
        publisher.put(ruleset("other", a="one"))
        await publisher.until(lambda subscribers: "shop" not in subscribers.replicas["flagd"].served)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await flagd.variants()
        assert error.value.code() == grpc.StatusCode.NOT_FOUND


async def test_a_reconnecting_flagd_gets_nothing_when_nothing_has_changed(monkeypatch):
    async with following_one() as (publisher, flagd):
        made = []
        monkeypatch.setattr(updates_module, "make_update", lambda *pair: made.append(pair))
        address = publisher.address
        await publisher.stop()
        async with publishing(address) as successor:
            successor.put(ONE)
            await successor.served(ONE)
            assert await flagd.variants() == {"a": "one", "b": "same"}
        assert made == []


async def test_a_lying_update_is_refused_and_what_was_served_stays(caplog):
    lie = replace(TWO, revision=ONE.revision[::-1])
    async with following_one() as (publisher, flagd):
        publisher.put(lie)
        refusal = await publisher.until(lambda subscribers: subscribers.replicas["flagd"].refused.get("shop"))
        assert (refusal.revision, "the content is that of revision" in refusal.reason) == (lie.revision, True)
        assert await flagd.variants() == {"a": "one", "b": "same"}
        await eventually(lambda: _reaches(flagd, REFUSED, 2))  # the difference, and then everything
        assert "is refused, what is served stays" in caplog.text
        publisher.put(THREE)
        await publisher.served(THREE)
        assert await flagd.variants() == {"a": "three", "b": "same"}


async def test_a_ruleset_that_is_too_large_changes_nothing_and_the_stream_lives_on(caplog):
    large = ruleset(**{f"f{number}": "on" for number in range(50)})
    async with publishing(update_bytes=10_000) as publisher, following(publisher.address) as flagd:
        publisher.put(ONE)
        await publisher.served(ONE)
        since = publisher.subscribers.replicas["flagd"].since
        publisher.put(large)
        await eventually(lambda: _reaches(flagd, 'flagd_updates_total{result="oversize"}', 1))
        assert await flagd.variants() == {"a": "one", "b": "same"}
        assert "too large to be sent" in caplog.text
        publisher.put(TWO)
        await publisher.served(TWO)
        assert publisher.subscribers.replicas["flagd"].since == since


async def test_an_older_epoch_is_never_taken_while_a_newer_one_is_connected():
    async with publishing() as old, publishing() as new:
        new.put(ONE, epoch=8)
        old.put(ONE, epoch=7)
        async with following(old.address, new.address) as flagd:
            await asyncio.gather(old.served(ONE), new.served(ONE))
            old.put(TWO, epoch=7)
            refusal = await old.until(lambda subscribers: subscribers.replicas["flagd"].refused.get("shop"))
            assert (refusal.revision, refusal.reason) == (TWO.revision, "another publisher decides")
            assert await flagd.variants() == {"a": "one", "b": "same"}
            await new.stop()
            await old.served(TWO)
            assert await flagd.variants() == {"a": "two", "b": "same"}


async def test_a_publisher_that_takes_the_lease_is_listened_to_at_once_and_the_old_one_no_more():
    async with publishing() as old, publishing() as new:
        old.put(ONE, epoch=7)
        new.put(TWO, epoch=6, publishing=False)
        async with following(old.address, new.address) as flagd:
            await asyncio.gather(old.served(ONE), new.served(ONE))
            new.put(TWO, epoch=8)
            await asyncio.gather(old.served(TWO), new.served(TWO))
            old.put(THREE, epoch=7)
            await old.until(lambda subscribers: subscribers.replicas["flagd"].refused.get("shop"))
            assert await flagd.variants() == {"a": "two", "b": "same"}


async def test_the_standby_knows_what_is_served_before_it_takes_over():
    async with publishing() as leader, publishing() as standby:
        leader.put(ONE, epoch=1)
        standby.put(ONE, publishing=False)
        async with following(leader.address, standby.address) as flagd:
            await asyncio.gather(leader.served(ONE), standby.served(ONE))
            assert await flagd.metric("flagd_publishers") == 2


@pytest.mark.parametrize("epoch", [MOST_EPOCH + 1, 2**63, 2**64 - 1])
async def test_a_publisher_whose_epoch_nobody_could_outbid_is_not_listened_to(epoch, caplog):
    async with publishing() as good, publishing() as evil, following(good.address, evil.address) as flagd:
        evil.put(TWO, epoch=epoch)
        good.put(ONE, epoch=6)
        await good.served(ONE)
        await eventually(lambda: _logged(caplog, f"says that its epoch is {epoch}"))
        good.put(THREE, epoch=6)
        await good.served(THREE)
        assert await flagd.variants() == {"a": "three", "b": "same"}


async def test_a_publisher_that_has_gone_shuts_out_nobody_however_high_its_epoch_was():
    async with publishing() as good, publishing() as evil, following(good.address, evil.address) as flagd:
        evil.put(TWO, epoch=MOST_EPOCH)
        await evil.served(TWO)
        good.put(ONE, epoch=6)
        await evil.stop()
        await good.served(ONE)
        good.put(THREE, epoch=6)
        await good.served(THREE)
        assert await flagd.variants() == {"a": "three", "b": "same"}


async def test_two_that_decide_in_one_epoch_do_not_take_turns():
    async with publishing() as one, publishing() as other:
        one.put(ONE)
        other.put(TWO)
        async with following(one.address, other.address) as flagd:
            await eventually(lambda: _reaches(flagd, PASSED_OVER, 1))
            applied = await flagd.metric('flagd_updates_total{result="applied"}')
            leader, follower = (one, other) if (await flagd.variants())["a"] == "one" else (other, one)
            for number in range(3):
                leader.put(latest := ruleset(a=f"v{number}"))
                await asyncio.gather(leader.served(latest), follower.served(latest))
            assert await flagd.metric('flagd_updates_total{result="applied"}') == applied + 3
            assert await flagd.metric(PASSED_OVER) <= 2


async def test_silence_shows_in_answers_and_metrics_and_is_logged_once_until_it_ends(caplog):
    caplog.set_level(logging.INFO)
    async with publishing(heartbeat_seconds=0.1) as publisher:
        publisher.put(ONE)
        async with following(publisher.address, stale_seconds=2.0) as flagd:
            await publisher.served(ONE)
            await eventually(lambda: _if_fresh(flagd))
            publisher.put(ONE, publishing=False)
            response = await eventually(lambda: _if_stale(flagd))
            assert response.variants["a"].key == "one"
            assert await flagd.metric('flagd_ruleset_stale{project="shop"}') == 1
            publisher.put(ONE, epoch=2)
            await eventually(lambda: _if_fresh(flagd))
            assert await flagd.metric('flagd_ruleset_stale{project="shop"}') == 0
    lost, found = (
        caplog.text.count(text) for text in ("out of touch with the operator", "in touch with the operator again")
    )
    assert lost == found > 0, "said once for each time, and a busy machine may add one"


async def test_what_a_stale_publisher_serves_is_stale():
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(ONE, stale=True)
        await publisher.served(ONE)
        assert (await flagd.evaluate()).stale
        publisher.put(ONE)
        await eventually(lambda: _if_fresh(flagd))


async def test_a_project_whose_update_was_refused_grows_old_while_the_others_stay_fresh():
    other = ruleset("other", a="one")
    async with publishing(heartbeat_seconds=0.1) as publisher:
        publisher.put(ONE, other)
        async with following(publisher.address, stale_seconds=2.0) as flagd:
            await publisher.served(ONE)
            publisher.put(replace(TWO, revision="0" * 64), other)
            await eventually(lambda: _if_stale(flagd))
            await eventually(lambda: _if_fresh(flagd, "other"))
            assert await _if_stale(flagd)
            publisher.put(TWO, other)
            await publisher.served(TWO)
            await eventually(lambda: _if_fresh(flagd))


async def test_200_that_subscribe_at_once_all_get_everything_from_one_message(monkeypatch):
    made = []
    make_update = updates_module.make_update
    monkeypatch.setattr(updates_module, "make_update", lambda *pair: made.append(make_update(*pair)) or made[-1])
    names = [f"flagd-{number}" for number in range(200)]
    async with publishing() as publisher:
        publisher.put(ONE)
        connections = [
            PublisherConnection(Endpoint(publisher.address, "127.0.0.1", Credentials()), Taker(name)) for name in names
        ]
        tasks = [asyncio.create_task(connection.run()) for connection in connections]
        try:
            await publisher.served(ONE, names)
            publisher.put(TWO)
            await publisher.served(TWO, names)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await publisher.until(lambda subscribers: not subscribers.streams)
    assert len(made) == 2


async def test_a_reader_that_does_not_read_holds_up_nobody_and_gets_the_newest():
    padding = ruleset(**{f"f{number}": "x" * 100 for number in range(300)})
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(padding)
        await publisher.served(padding)
        async with grpc.aio.insecure_channel(publisher.address) as channel:
            call = RulesetServiceStub(channel).Subscribe()
            await call.write(SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name="sleeper")))
            await publisher.until(lambda subscribers: "sleeper" in subscribers.replicas)
            for number in range(30):
                publisher.put(latest := ruleset(a=f"v{number}"))
                await publisher.served(latest)
            assert await flagd.variants() == {"a": "v29"}
            first = await call.read()
            await call.write(SubscribeRequest(ack=Ack(project="shop", revision=_revision(first))))
            while (second := await call.read()).WhichOneof("message") == "heartbeat":
                pass
        assert (_revision(first), _revision(second)) == (padding.revision, latest.revision)


async def test_a_project_at_rest_is_vouched_for_while_another_changes_all_the_time():
    async with publishing(heartbeat_seconds=0.5) as publisher, following(publisher.address) as flagd:
        publisher.put(ONE, ruleset("busy", a="v0"))
        await publisher.served(ONE)
        vouched = {(await flagd.evaluate()).as_of.ToNanoseconds()}
        async with asyncio.timeout(60):
            number = 0
            while len(vouched) < 4:
                number += 1
                publisher.put(ONE, busy := ruleset("busy", a=f"v{number}"))
                await publisher.served(busy)
                vouched.add((await flagd.evaluate()).as_of.ToNanoseconds())


@pytest.mark.long
async def test_nothing_is_called_stale_for_two_minutes_in_which_another_project_changes_every_5_s(caplog):
    async with publishing() as publisher, following(publisher.address) as flagd:
        publisher.put(ONE)
        await publisher.served(ONE)
        for number in range(24):
            publisher.put(ONE, busy := ruleset("busy", a=f"v{number}"))
            await publisher.served(busy)
            assert not (await flagd.evaluate()).stale
            await asyncio.sleep(5)
    assert not [text for text in caplog.messages if "out of touch" in text or "silent" in text]


class Taker:
    """A subscriber that takes everything and looks at nothing."""

    def __init__(self, name):
        self._name = name

    def hello(self):
        return SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=self._name))

    async def heard(self, connection, response):
        if response.WhichOneof("message") in ("update", "compressed_update"):
            ack = Ack(project="shop", revision=_revision(response))
            connection.answer(SubscribeRequest(ack=ack))

    async def lost(self, connection):
        pass


def _revision(response):
    return response.update.revision or response.compressed_update.revision


async def _logged(caplog, text):
    return any(text in message for message in caplog.messages)


async def _if_ready(flagd):
    ready = await flagd.ready()
    return ready if ready["ready"] else None


async def _if_stale(flagd):
    response = await flagd.evaluate()
    return response if response.stale else None


async def _if_fresh(flagd, project="shop"):
    response = await flagd.evaluate(project)
    return None if response.stale else response


async def _reaches(flagd, sample, count):
    return await flagd.metric(sample) >= count
