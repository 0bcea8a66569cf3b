"""Users whom flagds and local clients have seen while a run compares them, united by a publisher, over real streams."""

import asyncio
from contextlib import ExitStack

import pytest

from flagd.backoff import Backoff
from flagd.client import FlagClient
from flagd.client import User as ClientUser
from flagd.client.following import exposed, follower
from flagd.compiler import compile_project
from flagd.compiler.form.rise import Rise
from flagd.engine.flag import splits_of
from flagd.manifest import read_text
from flagd.sync.publisher import Counting, Sampling
from flagd.tracking import Counters
from flagd.transport.envoy import missing
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User
from tests.cluster.processes import Replica
from tests.wire.publisher import SECONDS, eventually, following, publishing
from tests.wire.shop import flag

REST = "All Other Users"
USERS = [f"user {number}" for number in range(400)]


def rising(percent, *, local=False):
    """Return a ruleset whose flag has risen from 0 to `percent`, and how that divides its users."""
    text = flag("a", "one")
    if local:
        text = text.replace("  active: true\n", "  active: true\n  evaluationMode: Local\n")
    (resource,) = read_text(text).resources
    rise = Rise({REST: percent * 1000}, {REST: 0})
    found = compile_project([resource], project="shop", rises={resource.ref: rise}).ruleset
    return found, splits_of(found.flags["a"])


def ask(publisher, splits, run="run-1"):
    publisher.admissions.ask({("shop", "a"): Counting(sampling=Sampling(run, splits))})


async def evaluate(flagd, users):
    request = EvaluateBatchRequest(project="shop", users=[User(user_id=each) for each in users])
    await flagd._stub.EvaluateBatch(request, timeout=SECONDS)


def seen(publisher):
    return sum(sum(users) for _, users in publisher.admissions.seen.counts("shop", "a"))


async def counted(publisher, least):
    async def enough():
        return seen(publisher) >= least

    await eventually(enough)


@pytest.mark.parametrize("percent", [50, 20])
async def test_users_of_every_replica_are_united_and_divided_as_the_percent_says(percent):
    ruleset, splits = rising(percent)
    async with publishing(heartbeat_seconds=0.05) as publisher:
        publisher.put(ruleset)
        ask(publisher, splits)
        async with following(publisher.address) as first, following(publisher.address, name="second") as second:
            await publisher.served(ruleset, ("flagd", "second"))
            await evaluate(first, USERS[:300])
            await counted(publisher, 290)
            await evaluate(second, USERS[100:])
            await counted(publisher, 390)
            ((split, users),) = publisher.admissions.seen.counts("shop", "a")
    assert sum(users) <= len(USERS)
    treated = users[split.number("treated", "one")]
    assert abs(treated / sum(users) - percent / 100) < 0.1


async def test_who_takes_over_is_told_of_everybody_again():
    ruleset, splits = rising(50)
    async with publishing(heartbeat_seconds=0.05) as leader, publishing(heartbeat_seconds=0.05) as other:
        leader.put(ruleset, epoch=1)
        other.put(publishing=False)
        ask(leader, splits)
        ask(other, splits)
        async with following(leader.address, other.address) as flagd:
            await leader.served(ruleset)
            await evaluate(flagd, USERS)
            await counted(leader, 380)
            assert seen(other) == 0  # who does not decide may ask for what is over
            other.put(ruleset, epoch=2)
            await counted(other, seen(leader))
            assert seen(other) == seen(leader)


async def test_a_step_begins_with_nobody():
    ruleset, splits = rising(20)
    async with publishing(heartbeat_seconds=0.05) as publisher:
        publisher.put(ruleset)
        ask(publisher, splits)
        async with following(publisher.address) as flagd:
            await publisher.served(ruleset)
            await evaluate(flagd, USERS)
            await counted(publisher, 380)
            ruleset, splits = rising(50)
            publisher.put(ruleset, sequence=1)
            ask(publisher, splits)
            await publisher.served(ruleset)
            assert seen(publisher) == 0
            await evaluate(flagd, USERS[:100])
            await counted(publisher, 95)
            assert seen(publisher) <= 100


class Asking:
    """A flagd behind Envoy, and a program that evaluates by itself what that serves."""

    def __init__(self, stack, address, name):
        self.replica = Replica([address], name, "--transport", "envoy")
        stack.callback(self.replica.stop)
        counters = Counters(flags=["a"], events=["paid"])
        self.client = stack.enter_context(
            FlagClient(f"http://{self.replica.listen}", project="shop", counters=counters)
        )
        assert self.client.wait_ready(SECONDS)

    def ask(self, users):
        for each in users:
            self.client.variant("a", ClientUser(each))
            self.client.track("paid", ClientUser(f"{each}, who only paid"))

    def lose_the_server(self):
        """Cut the stream: the next one begins with a heartbeat, and there are four of those a minute."""
        self.client._evaluation._follower._connection.interrupt()


@pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}")
async def test_a_user_of_two_local_clients_and_of_flagd_counts_once(monkeypatch):
    monkeypatch.setattr(follower, "RECONNECT", Backoff(0.1, 0.1))
    monkeypatch.setattr(exposed, "PAUSE_SECONDS", 0.0)
    ruleset, splits = rising(50, local=True)
    async with publishing(heartbeat_seconds=0.05) as publisher:
        publisher.put(ruleset)
        ask(publisher, splits)
        with ExitStack() as stack:
            first, second = [await asyncio.to_thread(Asking, stack, publisher.address, name) for name in ("a", "b")]
            await asyncio.to_thread(first.ask, USERS[:300])
            await asyncio.to_thread(second.ask, USERS[100:])
            for each in (first, second):
                each.lose_the_server()
            await counted(publisher, 390)
            async with following(publisher.address) as flagd:
                await publisher.served(ruleset)
                await evaluate(flagd, USERS)
                await evaluate(flagd, ["somebody new", "and another"])
                await counted(publisher, seen(publisher) + 1)
            ((split, users),) = publisher.admissions.seen.counts("shop", "a")
    assert sum(users) <= len(USERS) + 2
    assert abs(users[split.number("treated", "one")] / sum(users) - 0.5) < 0.1
