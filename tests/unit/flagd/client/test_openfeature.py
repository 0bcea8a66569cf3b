"""FlagProvider in OpenFeature's own SDK: what it tells when the server goes, comes back, or was never there."""

import contextlib
import itertools

import pytest
from openfeature import api
from openfeature.event import ProviderEvent
from openfeature.exception import ErrorCode

from flagd.client.openfeature import FlagProvider
from tests.unit.flagd.client.server import HEARTBEAT, eventually, update
from tests.unit.flagd.client.test_client import _ruleset

_domains = itertools.count()


@pytest.fixture
def heard():
    """Give OpenFeature a client to resolve by; return what it is told, as (event, message, error code)."""
    domain, told = f"test-{next(_domains)}", []

    def note(event):
        return lambda details: told.append((event, details.message, details.error_code))

    def resolve(client, seconds):
        asked = api.get_client(domain)
        for event in ProviderEvent:
            asked.add_handler(event, note(event))
        with contextlib.suppress(Exception):  # the SDK tells by an event and an error that the provider is not ready
            api.set_provider_and_wait(FlagProvider(client, ready_seconds=seconds), domain)
        return asked, told

    yield resolve
    api.clear_providers()


def _of(told, event):
    return [one for one in told if one[0] is event]


def test_a_server_that_goes_makes_the_provider_stale_and_one_that_comes_back_ready(client, server, heard):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    asked, told = heard(one, 60)
    eventually(lambda: _of(told, ProviderEvent.PROVIDER_READY))
    before = len(_of(told, ProviderEvent.PROVIDER_READY))
    caller.close()
    (stale,) = eventually(lambda: _of(told, ProviderEvent.PROVIDER_STALE))
    assert stale[1]
    assert asked.get_string_value("a", "x") == "x"  # its payload is an object; what is held is answered from
    assert asked.get_object_value("a", {}) == {"columns": 3}
    server.next().follow(HEARTBEAT)
    eventually(lambda: len(_of(told, ProviderEvent.PROVIDER_READY)) > before)
    assert not _of(told, ProviderEvent.PROVIDER_ERROR)


def test_a_value_of_another_type_is_a_mismatch_and_the_callers_default(client, server, heard):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    asked, _ = heard(one, 60)
    found = asked.get_boolean_details("a", True)
    assert (found.value, found.error_code, str(found.reason)) == (True, ErrorCode.TYPE_MISMATCH, "ERROR")


def test_a_server_that_has_lost_its_own_source_makes_the_provider_stale(client, server, heard):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    _, told = heard(one, 60)
    caller.more(type(HEARTBEAT)(stale=True, heartbeat=HEARTBEAT.heartbeat, age_seconds=9))
    assert eventually(lambda: _of(told, ProviderEvent.PROVIDER_STALE))[0][1] == "the server has lost touch"


def test_a_provider_that_never_had_a_ruleset_is_in_error_and_ready_when_one_arrives(client, server, heard):
    one = client(server.url)
    caller = server.next()
    _, told = heard(one, 0)
    (error,) = eventually(lambda: _of(told, ProviderEvent.PROVIDER_ERROR))
    assert error[2] is ErrorCode.PROVIDER_NOT_READY
    caller.follow(update(_ruleset()), HEARTBEAT)
    eventually(lambda: _of(told, ProviderEvent.PROVIDER_READY))


def test_a_change_is_told_with_the_keys_that_may_answer_differently(client, server, heard):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    asked, _ = heard(one, 60)
    keys = []
    asked.add_handler(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, lambda details: keys.append(details.flags_changed))
    caller.more(update(_ruleset("two"), _ruleset()))
    eventually(lambda: ["a"] in keys)
