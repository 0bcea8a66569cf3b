"""Publishers: one contact per address, as names are resolved."""

import asyncio
import logging
import socket

import pytest

from flagd.rpc.channel import Credentials
from flagd.sources.publishers import Publishers


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


@pytest.fixture
async def names(monkeypatch):
    return Names(monkeypatch)


@pytest.fixture
async def publishers(monkeypatch):
    monkeypatch.setattr("flagd.rpc.rulesets.contact.Contact.run", lambda _: asyncio.sleep(3600))
    return Publishers(["operator:8015", "[::1]:8015"], Credentials(), Deaf())


def addresses(publishers):
    return sorted(contact.address for contact in publishers.contacts)


async def test_every_address_of_every_name_gets_a_contact(names, publishers):
    names.known = {"operator": ["10.0.0.1", "10.0.0.2"], "::1": ["::1"]}
    await publishers.look()
    assert addresses(publishers) == ["10.0.0.1:8015", "10.0.0.2:8015", "[::1]:8015"]
    assert {contact.endpoint.host for contact in publishers.contacts} == {"operator", "::1"}


async def test_addresses_come_and_go(names, publishers):
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    await publishers.look()
    names.known = {"operator": ["10.0.0.2"], "::1": ["::1"]}
    await publishers.look()
    assert addresses(publishers) == ["10.0.0.2:8015", "[::1]:8015"]


async def test_one_that_is_connected_stays_though_its_address_is_gone(names, publishers):
    names.known = {"operator": ["10.0.0.1"], "::1": ["::1"]}
    await publishers.look()
    for contact in publishers.contacts:
        contact.term = "connected"
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
