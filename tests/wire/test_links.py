"""Subscribers behind links that are slow or go silent: who is waited for, who is not, and whom it concerns."""

import base64
import random
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest

from flagd.backoff import Backoff
from flagd.sync.publisher import ack_deadline as ack_deadline_module
from flagd.sync.subscriber import connection as connection_module
from flagd.v1.ruleset_pb2 import Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub
from tests.unit.flagd.ruleset.contents import make
from tests.wire.link import Link
from tests.wire.publisher import eventually, following, publishing, ruleset

ONE, TWO = ruleset(a="one"), ruleset(a="two")
MOST_PER_SUBSCRIBER = 8 * 1024 * 1024
noise = random.Random(1)


def large(size, **variants):
    """Return a ruleset of more than `size` bytes that no compression makes smaller."""
    small = ruleset(a="one", **variants)
    padding = base64.b64encode(noise.randbytes(size)).decode()
    flags = {**small.flags, "large": {**small.flags["a"], "key": "large", "metadata": {"padding": padding}}}
    return make(flags, small.cohorts, small.deployments, small.visibility, small.project)


@asynccontextmanager
async def subscribed(address, name):
    """Say hello as a subscriber that reads nothing and answers nothing."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = RulesetServiceStub(channel).Subscribe()
        await call.write(SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=name)))
        yield call


async def test_one_behind_a_slow_link_gets_the_newest_and_delays_nobody():
    async with publishing() as publisher, Link(publisher.address) as link:
        publisher.put(ONE)
        async with following(link.address, name="slow") as slow, following(publisher.address, name="quick"):
            await publisher.served(ONE, ["slow", "quick"])
            link.rate = 1000
            for _ in range(10):
                publisher.put(latest := large(50_000))
                await publisher.served(latest, ["quick"])
            assert publisher.subscribers.replicas["slow"].serves("shop", ONE.revision)
            assert await slow.variants() == {"a": "one"}, "it answers from what it has"
            link.rate = 0
            await publisher.served(latest, ["slow"])
            assert await slow.metric('flagd_updates_total{result="applied"}') <= 3, (
                "the first, one on its way, the newest"
            )
        assert link.connections == 1


async def test_slow_subscribers_cost_little_memory():
    rulesets = [large(1_000_000) for _ in range(12)]
    async with publishing() as publisher, Link(publisher.address) as link, following(publisher.address):
        publisher.put(rulesets[0])
        await publisher.served(rulesets[0])
        before = _resident()
        link.rate = 1
        names = [f"slow-{number}" for number in range(10)]
        calls = [subscribed(link.address, name) for name in names]
        try:
            for call in calls:
                await call.__aenter__()
            await publisher.until(lambda subscribers: subscribers.replicas.keys() >= set(names))
            for each in rulesets[1:]:
                publisher.put(each)
                await publisher.served(each)
            assert (_resident() - before) / len(names) < MOST_PER_SUBSCRIBER
        finally:
            for call in calls:
                await call.__aexit__(None, None, None)


async def test_a_link_that_breaks_in_the_middle_of_an_update_harms_nothing(monkeypatch):
    monkeypatch.setattr(connection_module, "RECONNECT", Backoff(0.05, 0.05))
    async with publishing() as publisher, Link(publisher.address) as link, following(link.address) as flagd:
        publisher.put(ONE)
        await publisher.served(ONE)
        link.cut_after = 20_000
        publisher.put(latest := large(100_000))
        await eventually(lambda: _is_at_least(link, 3))
        assert await flagd.variants() == {"a": "one"}
        assert await flagd.metric('flagd_updates_total{result="refused"}') == 0
        link.cut_after = 0
        await publisher.served(latest)


async def test_one_that_has_gone_without_a_word_is_given_up_and_says_itself_that_it_is_out_of_touch(
    monkeypatch, caplog
):
    monkeypatch.setattr(connection_module, "SILENCE_SECONDS", 2.0)
    monkeypatch.setattr(connection_module, "RECONNECT", Backoff(0.05, 0.05))
    async with publishing(heartbeat_seconds=0.1, silence_seconds=2.0) as publisher, Link(publisher.address) as link:
        publisher.put(ONE)
        async with following(link.address, stale_seconds=2.0) as flagd:
            await publisher.served(ONE)
            await eventually(lambda: _fresh(flagd))
            link.silent = True
            await publisher.until(lambda subscribers: not subscribers.streams)
            await eventually(lambda: _stale(flagd))
            publisher.put(TWO)
            link.silent = False
            await publisher.served(TWO)
            await eventually(lambda: _fresh(flagd))
            assert await flagd.variants() == {"a": "two"}
        assert link.connections > 1
    assert "subscriber 'flagd' has not answered for too long, closing its stream" in caplog.messages
    assert "out of touch with the operator for 2 s, what is served stays" in caplog.messages
    assert f"publisher {link.address}: silent for 2 s" in caplog.messages


async def test_one_that_takes_nothing_is_given_up_in_the_middle_of_an_update(monkeypatch, caplog):
    monkeypatch.setattr(ack_deadline_module, "LEAST_RATE", 1e9)
    async with publishing(silence_seconds=0.5) as publisher, Link(publisher.address) as link:
        publisher.put(ONE)
        async with subscribed(link.address, "stuck") as call:
            await call.read()
            link.silent = True
            publisher.put(large(8_000_000))
            await publisher.until(lambda subscribers: not subscribers.streams)
    assert any("subscriber 'stuck' " in message and "closing its stream" in message for message in caplog.messages)


def test_a_connection_that_the_network_loses_is_noticed_by_the_kernel_on_both_sides():
    """In a network of its own, which goes down. The pings of gRPC alone would take 5 minutes."""
    if subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True).returncode:
        pytest.skip("needs `ip`, and the right to make a network namespace")
    script = Path(__file__).with_name("lost_network.py")
    command = f"ip link set lo up && exec {sys.executable} {script}"
    done = subprocess.run(["unshare", "--net", "sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["publisher", "subscriber:", "UNAVAILABLE"], done.stderr


async def _stale(flagd):
    return (await flagd.evaluate()).stale


async def _fresh(flagd):
    return not (await flagd.evaluate()).stale


async def _is_at_least(link, connections):
    return link.connections >= connections


def _resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
