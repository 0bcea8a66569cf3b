"""Publishers: one connection per address, as names are resolved."""

import asyncio
import logging
import socket

import pytest

from flagd.backoff import Backoff
from flagd.sync.subscriber import publishers as module
from flagd.sync.subscriber.publishers import Publishers
from flagd.transport.channel import Credentials


class Names:
    """Answers for names as a resolver would."""

    def __init__(self, monkeypatch):
        self.known = {}
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "getaddrinfo", self._resolve)

    async def _resolve(self, name, port, *, type):  # noqa: A002
        if name not in self.known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, type, 6, "", (each, port)) for each in self.known[name]
        ]


class Deaf:
    """A listener that nobody ever speaks to."""

    def hello(self):
        raise AssertionError("no stream is opened in these tests")

    async def lost(self, connection):
        assert connection.term is None


@pytest.fixture
async def names(monkeypatch):
    return Names(monkeypatch)


@pytest.fixture
async def publishers(monkeypatch):
    monkeypatch.setattr("flagd.sync.subscriber.connection.PublisherConnection.run", lambda _: asyncio.sleep(3600))
    publishers = Publishers(["operator:8015", "[::1]:8015"], Credentials().connect, Deaf())
    yield publishers
    await publishers._tasks.stop()


def addresses(publishers):
    return sorted(connection.address for connection in publishers.connections)


async def test_every_address_of_every_name_gets_a_connection(names, publishers):
    names.known = {"operator": ["10.0.0.1", "10.0.0.2"], "::1": ["::1"]}
    await publishers.look()
    assert addresses(publishers) == ["10.0.0.1:8015", "10.0.0.2:8015", "[::1]:8015"]
    assert {connection.endpoint.host for connection in publishers.connections} == {"operator", "::1"}


async def test_addresses_come_and_go(names, publishers):
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    await publishers.look()
    names.known = {"operator": ["10.0.0.2"], "::1": ["::1"]}
    await publishers.look()
    assert addresses(publishers) == ["10.0.0.2:8015", "[::1]:8015"]


async def test_one_that_is_connected_stays_though_its_address_is_gone(names, publishers):
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    await publishers.look()
    for connection in publishers.connections:
        connection.term = "connected"
    names.known = {"operator": [], "::1": ["::1"]}
    await publishers.look()
    assert addresses(publishers) == ["10.0.0.1:8015", "[::1]:8015"]


async def test_a_name_that_is_not_known_is_logged_once_and_changes_nothing(names, publishers, caplog):
    caplog.set_level(logging.WARNING)
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    await publishers.look()
    names.known = {"::1": ["::1"]}
    for _ in range(3):
        await publishers.look()
    assert addresses(publishers) == ["10.0.0.1:8015", "[::1]:8015"]
    assert caplog.text.count("the name operator:8015 cannot be resolved: Name or service not known") == 1


async def test_a_stream_that_breaks_has_names_resolved_at_once(names, publishers, monkeypatch):
    monkeypatch.setattr(module, "LEAST_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600.0)
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    running = asyncio.create_task(publishers.run())
    async with asyncio.timeout(60):
        while len(publishers.connections) < 2:
            await asyncio.sleep(0)
        for connection in publishers.connections:
            connection.term = "connected"
        for _ in range(10):
            await asyncio.sleep(0)
        names.known = {"operator": ["10.0.0.2"], "::1": ["::1"]}
        gone = publishers.connections[0]
        gone.term = None
        await gone._listener.lost(gone)
        while addresses(publishers) != ["10.0.0.2:8015", "[::1]:8015"]:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_names_are_resolved_often_while_nobody_is_connected(names, publishers, monkeypatch):
    monkeypatch.setattr(module, "LEAST_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(module, "LOST_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600.0)
    running = asyncio.create_task(publishers.run())
    for _ in range(10):
        await asyncio.sleep(0)
    names.known = {"operator": ["10.0.0.1"]}
    async with asyncio.timeout(60):
        while addresses(publishers) != ["10.0.0.1:8015"]:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_contact_that_is_killed_is_restarted(names, publishers, monkeypatch, caplog):
    monkeypatch.setattr("flagd.process.tasks.RESTART", Backoff(0, 0))
    names.known = {"::1": ["::1"]}
    await publishers.look()
    (before,) = [task for task in asyncio.all_tasks() if task.get_name() == "publisher [::1]:8015"]
    before.cancel()
    async with asyncio.timeout(60):
        while not [task for task in asyncio.all_tasks() if task.get_name() == before.get_name() and task is not before]:
            await asyncio.sleep(0)
    assert "publisher [::1]:8015 has ended: it was cancelled; restarting" in caplog.text


async def test_a_contact_that_keeps_ending_is_called_on_again_by_the_next_look(names, publishers, monkeypatch):
    monkeypatch.setattr("flagd.process.tasks.RESTARTS", 0)
    names.known = {"::1": ["::1"]}
    await publishers.look()
    (before,) = publishers.connections
    next(task for task in asyncio.all_tasks() if task.get_name() == "publisher [::1]:8015").cancel()
    async with asyncio.timeout(60):
        while publishers.connections:
            await asyncio.sleep(0)
    await publishers.look()
    assert addresses(publishers) == ["[::1]:8015"]
    assert publishers.connections != [before]
