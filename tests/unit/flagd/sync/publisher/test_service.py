"""RulesetService: what subscribers are sent, and what is taken down of them."""

import asyncio
import hashlib
import time

import pytest

from flagd.rpc.status import InvalidArgument, PermissionDenied, ResourceExhausted, Unauthenticated, Unavailable
from flagd.ruleset import Deployment
from flagd.sync.publisher import Board, Publication, RulesetService, Settings, Subscribers, TokenAdmission
from flagd.v1.ruleset_pb2 import Held, Hello, Role, SubscribeRequest
from tests.unit.flagd.ruleset.contents import flag, make, many
from tests.unit.flagd.sync.publisher.subscriber import hello, subscribed

KEY, OTHER_KEY, CLIENT_KEY = "server", "server-2", "client"


def key_hash(key):
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


KEYED = make(
    {"a": flag("a"), "b": flag("b")},
    deployments={
        "backend": Deployment("Server", frozenset({key_hash(KEY)})),
        "web": Deployment("Client", frozenset({key_hash(CLIENT_KEY)})),
    },
    visibility={"a": {"backend"}, "b": {"web"}},
)


class Publisher:
    """A service, its board and its table."""

    def __init__(self, tokens=None, **settings):
        self.board, self.subscribers = Board(), Subscribers()
        self.service = RulesetService(self.board, self.subscribers, TokenAdmission(tokens), Settings(**settings))

    def put(self, *rulesets, **term):
        self.board.put(Publication({one.project: one for one in rulesets}, **term))


async def told(subscribers):
    """Wait until the table changes."""
    with subscribers.subscribe() as changed:
        await asyncio.wait_for(changed.wait(), 60)


async def test_a_subscriber_gets_everything_then_a_heartbeat_then_what_changes():
    publisher = Publisher()
    publisher.put(many(3))
    async with subscribed(publisher.service) as subscriber:
        assert await subscriber.applied() == many(3)
        assert (await subscriber.next()).WhichOneof("message") == "heartbeat"
        publisher.put(many(3, f1=1))
        update = await subscriber.update()
        assert (update.base_revision, [entry.key for entry in update.flags]) == (many(3).revision, ["f1"])


async def test_one_who_has_the_latest_gets_a_heartbeat_only():
    publisher = Publisher()
    publisher.put(many(3), epoch=4, sequence=9)
    held = [Held(project="p", revision=many(3).revision, flags=3)]
    async with subscribed(publisher.service, hello(held=held)) as subscriber:
        response = await subscriber.next()
        assert response.WhichOneof("message") == "heartbeat"
        assert (response.publishing, response.epoch, response.sequence, response.stale) == (True, 4, 9, False)


async def test_before_the_first_publication_subscribers_wait():
    publisher = Publisher()
    async with subscribed(publisher.service) as subscriber:
        response = await subscriber.next()
        assert (response.WhichOneof("message"), response.publishing) == ("heartbeat", False)
        publisher.put(many(1))
        assert await subscriber.applied() == many(1)


async def test_one_that_does_not_decide_sends_heartbeats_until_it_does():
    publisher = Publisher()
    publisher.put(many(1), publishing=False, epoch=1)
    async with subscribed(publisher.service) as subscriber:
        assert (await subscriber.next()).WhichOneof("message") == "heartbeat"
        publisher.put(many(2), publishing=False, epoch=1)
        publisher.put(many(2), publishing=True, epoch=2)
        response = await subscriber.next()
        assert (response.WhichOneof("message"), response.epoch) == ("update", 2)


async def test_one_that_does_not_decide_says_to_an_operator_what_it_would_publish():
    publisher = Publisher()
    publisher.put(many(1), publishing=False, epoch=1)
    async with subscribed(publisher.service, hello(role=Role.ROLE_OPERATOR)) as subscriber:
        assert await subscriber.applied() == many(1)
        response = await subscriber.next()
        assert (response.WhichOneof("message"), response.publishing) == ("heartbeat", False)


async def test_one_who_has_it_all_hears_at_once_that_another_decides_now():
    publisher = Publisher()
    publisher.put(many(1), publishing=False, epoch=1)
    held = [Held(project="p", revision=many(1).revision)]
    async with subscribed(publisher.service, hello(held=held)) as subscriber:
        await subscriber.next()
        publisher.put(many(1), publishing=True, epoch=2)
        response = await subscriber.next()
        assert (response.WhichOneof("message"), response.publishing, response.epoch) == ("heartbeat", True, 2)


async def test_without_news_there_are_heartbeats():
    publisher = Publisher(heartbeat_seconds=0.01)
    publisher.put()
    async with subscribed(publisher.service) as subscriber:
        kinds = [(await subscriber.next()).WhichOneof("message") for _ in range(3)]
    assert kinds == ["heartbeat"] * 3


async def test_heartbeats_come_by_the_clock_however_often_something_changes():
    publisher = Publisher(heartbeat_seconds=0.5)
    publisher.put(many(2))
    async with subscribed(publisher.service) as subscriber:
        value = heartbeats = 0
        async with asyncio.timeout(60):
            while heartbeats < 3:
                response = await subscriber.next()
                if response.WhichOneof("message") == "heartbeat":
                    heartbeats += 1
                    continue
                subscriber.ack("p", response.update.revision)
                await told(publisher.subscribers)
                value += 1
                publisher.put(many(2, f0=value))


async def test_who_does_not_answer_an_update_is_given_up(caplog):
    publisher = Publisher(silence_seconds=0.2)
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        ended = await subscriber.ended()
    assert (type(ended), ended.message) == (Unavailable, "no answer in time; connect again")
    assert caplog.messages == ["subscriber 'flagd-1' has not answered for too long, closing its stream"]
    assert not publisher.subscribers.streams


async def test_an_answer_that_waits_to_be_read_is_no_silence():
    publisher = Publisher(silence_seconds=0.2)
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        time.sleep(0.3)  # the publisher itself hangs, with the answer at its door
        publisher.put(many(2))
        assert await subscriber.applied() == many(2)


async def test_who_does_not_answer_that_a_project_is_gone_is_given_up():
    publisher = Publisher(silence_seconds=0.2)
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        publisher.put()
        assert isinstance(await subscriber.ended(), Unavailable)


async def test_who_owes_nothing_may_be_silent_unless_it_once_answered_a_heartbeat():
    publisher = Publisher(heartbeat_seconds=0.1, silence_seconds=0.5)
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        for _ in range(6):
            assert (await subscriber.next()).WhichOneof("message") == "heartbeat"
        for _ in range(6):
            subscriber.echo()
            assert (await subscriber.next()).WhichOneof("message") == "heartbeat"
        assert isinstance(await subscriber.ended(), Unavailable)


async def test_a_slow_reader_gets_the_newest_and_nothing_in_between():
    publisher = Publisher()
    publisher.put(many(3))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        for value in range(1, 50):
            publisher.put(many(3, f0=value))
            await asyncio.sleep(0)
        assert await subscriber.applied() == many(3, f0=49)


async def test_the_next_update_waits_for_the_answer_to_the_last():
    publisher = Publisher()
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        first = await subscriber.update()
        await subscriber.next()
        publisher.put(many(2))
        publisher.put(many(3))
        pending = asyncio.create_task(subscriber.update())
        await asyncio.sleep(0.01)
        assert not pending.done()
        subscriber.ack("p", first.revision)
        update = await pending
        assert (update.base_revision, update.revision) == (many(1).revision, many(3).revision)


async def test_acks_and_nacks_are_taken_down():
    publisher = Publisher()
    publisher.put(many(2))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        publisher.put(many(3))
        update = await subscriber.update()
        subscriber.nack("p", update.revision, "cannot read it")
        again = await subscriber.update()
        replica = publisher.subscribers.replicas["flagd-1"]
        assert (replica.refused["p"].reason, replica.refused["p"].revision) == ("cannot read it", update.revision)
        subscriber.ack("p", again.revision)
        await told(publisher.subscribers)
        replica = publisher.subscribers.replicas["flagd-1"]
        assert (replica.serves("p", again.revision), replica.served["p"].flags, replica.refused) == (True, 1, {})
    assert publisher.subscribers.streams == ()


async def test_what_is_refused_twice_is_not_sent_again_but_the_next_revision_is():
    publisher = Publisher(heartbeat_seconds=0.01)
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        publisher.put(many(2))
        difference = await subscriber.update()
        subscriber.nack("p", difference.revision)
        whole = await subscriber.update()
        subscriber.nack("p", whole.revision)
        kinds = [(await subscriber.next()).WhichOneof("message") for _ in range(3)]
        publisher.put(many(3))
        following = await subscriber.update()
    assert (difference.base_revision, whole.base_revision) == (many(1).revision, "")
    assert kinds == ["heartbeat"] * 3
    assert (following.base_revision, following.revision) == ("", many(3).revision)


async def test_a_project_that_is_gone_is_told_once_and_only_to_those_who_have_it():
    publisher = Publisher()
    publisher.put(many(1), make(project="q"))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        await subscriber.applied()
        publisher.put(make(project="q"))
        response = await subscriber.next()
        while response.WhichOneof("message") == "heartbeat":
            response = await subscriber.next()
        assert response.removal.project == "p"
        subscriber.ack("p", "")
        await told(publisher.subscribers)
        assert publisher.subscribers.replicas["flagd-1"].served.keys() == {"q"}


async def test_only_the_projects_that_were_asked_for_are_sent():
    publisher = Publisher()
    publisher.put(many(1), make(project="q"), make(project="r"))
    held = [Held(project="gone"), Held(project="r")]
    async with subscribed(publisher.service, hello(projects=["q", "r"], held=held)) as subscriber:
        assert {(await subscriber.update()).project, (await subscriber.update()).project} == {"q", "r"}
        assert (await subscriber.next()).WhichOneof("message") == "heartbeat"


async def test_a_ruleset_that_is_too_large_is_told_once_and_the_stream_lives_on():
    publisher = Publisher(update_bytes=1000, heartbeat_seconds=0.01)
    publisher.put(many(100))
    async with subscribed(publisher.service) as subscriber:
        kinds = [(await subscriber.next()).WhichOneof("message") for _ in range(4)]
        publisher.put(many(2))
        assert await subscriber.applied() == many(2)
    assert kinds == ["oversize", "heartbeat", "heartbeat", "heartbeat"]


async def test_subscribers_are_sent_away_when_the_publisher_goes():
    publisher = Publisher()
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        publisher.board.close()
        assert isinstance(await subscriber.ended(), Unavailable)


async def test_a_stream_ends_when_the_subscriber_closes_its_side():
    publisher = Publisher()
    publisher.put(many(1))
    async with subscribed(publisher.service) as subscriber:
        await subscriber.applied()
        subscriber.requests.put_nowait(None)
        assert await subscriber.ended() is None
    assert publisher.subscribers.streams == ()


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (SubscribeRequest(), "must be a hello"),
        (SubscribeRequest(ack={"project": "p"}), "must be a hello"),
        (SubscribeRequest(hello=Hello(name="x")), "hello.role"),
        (hello(name="x" * 257), "hello.name: longer than 256 bytes"),
        (hello(projects=["p"] * 1001), "hello.projects: 1001 given"),
        (hello(projects=["p" * 257]), "hello.projects: longer than"),
        (hello(held=[Held(project="p")] * 5001), "hello.held: 5001 given"),
        (hello(held=[Held(project="p", revision="x" * 65)]), "revision: longer than 64 bytes"),
    ],
)
async def test_a_hello_that_breaks_a_rule_is_refused_with_the_rule(first, message):
    async with subscribed(Publisher().service, first) as subscriber:
        error = await subscriber.ended()
    assert isinstance(error, InvalidArgument)
    assert message in error.message


@pytest.mark.parametrize("second", [hello(), SubscribeRequest(), SubscribeRequest(ack={"revision": "x" * 65})])
async def test_what_may_not_follow_a_hello_ends_the_stream(second):
    async with subscribed(Publisher().service) as subscriber:
        subscriber.requests.put_nowait(second)
        assert isinstance(await subscriber.ended(), InvalidArgument)


async def test_more_streams_than_allowed_are_refused():
    publisher = Publisher(subscribers=1)
    async with subscribed(publisher.service) as first, subscribed(publisher.service) as second:
        await first.next()
        assert isinstance(await second.ended(), ResourceExhausted)


async def test_peers_and_operators_need_a_token_where_there_are_tokens():
    publisher = Publisher(tokens=lambda: ["one"])
    publisher.put(many(1))
    for role in (Role.ROLE_REPLICA, Role.ROLE_OPERATOR):
        async with subscribed(publisher.service, hello(role)) as subscriber:
            assert isinstance(await subscriber.ended(), Unauthenticated)
        async with subscribed(publisher.service, hello(role), authorization="Bearer one") as subscriber:
            assert await subscriber.applied() == many(1)


CLIENT = hello(Role.ROLE_CLIENT)


@pytest.mark.parametrize(
    ("policy", "key", "error"),
    [
        ("refused", KEY, PermissionDenied),
        ("required", None, Unauthenticated),
        ("required", "wrong", Unauthenticated),
        ("required", CLIENT_KEY, PermissionDenied),
        ("optional", "wrong", Unauthenticated),
        ("optional", CLIENT_KEY, PermissionDenied),
    ],
)
async def test_clients_without_the_right_key_are_refused(policy, key, error):
    publisher = Publisher(clients=policy)
    publisher.put(KEYED)
    metadata = {"authorization": f"Api-Key {key}"} if key else {}
    async with subscribed(publisher.service, CLIENT, **metadata) as subscriber:
        assert isinstance(await subscriber.ended(), error)


@pytest.mark.parametrize(("policy", "key", "keys"), [("required", KEY, {"a"}), ("optional", None, {"a", "b"})])
async def test_clients_get_what_their_key_opens_and_no_hashes(policy, key, keys):
    publisher = Publisher(clients=policy)
    publisher.put(KEYED)
    metadata = {"authorization": f"Api-Key {key}"} if key else {}
    async with subscribed(publisher.service, CLIENT, **metadata) as subscriber:
        ruleset = await subscriber.applied()
    assert (ruleset.flags.keys(), ruleset.deployments, ruleset.visibility) == (keys, {}, {})


async def test_a_key_that_is_withdrawn_ends_its_streams():
    publisher = Publisher(clients="required")
    publisher.put(KEYED)
    async with subscribed(publisher.service, CLIENT, authorization=f"Api-Key {KEY}") as subscriber:
        await subscriber.applied()
        publisher.put(make(KEYED.flags))
        assert isinstance(await subscriber.ended(), Unauthenticated)


async def test_clients_are_told_of_changes_in_what_they_see_only():
    publisher = Publisher(clients="required", heartbeat_seconds=0.01)
    publisher.put(KEYED)
    async with subscribed(publisher.service, CLIENT, authorization=f"Api-Key {KEY}") as subscriber:
        await subscriber.applied()
        unseen = make({**KEYED.flags, "b": flag("b", x=1)}, deployments=KEYED.deployments, visibility=KEYED.visibility)
        publisher.put(unseen)
        kinds = [(await subscriber.next()).WhichOneof("message") for _ in range(3)]
        seen = make({**unseen.flags, "a": flag("a", metadata={"x": 1})}, None, KEYED.deployments, KEYED.visibility)
        publisher.put(seen)
        update = await subscriber.update()
    assert kinds == ["heartbeat"] * 3
    assert [entry.key for entry in update.flags] == ["a"]


async def test_many_subscribers_at_once_all_get_everything():
    publisher = Publisher()
    publisher.put(many(1000))

    async def one(number):
        async with subscribed(publisher.service, hello(name=f"flagd-{number}")) as subscriber:
            return (await subscriber.applied()).revision

    revisions = await asyncio.gather(*(one(number) for number in range(50)))
    assert set(revisions) == {many(1000).revision}
