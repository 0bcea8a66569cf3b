"""Counting by a client: events of users, by what the users have, as Prometheus and OpenFeature's SDK see it."""

import pytest
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.track import TrackingEventDetails
from prometheus_client import CollectorRegistry, generate_latest

from flagd.client import FlagClient, takeover
from flagd.client.openfeature import FlagProvider
from flagd.client.prometheus import ClientCollector
from flagd.testing.flags import Flags
from flagd.testing.known import Known
from flagd.tracking import Counters, Tracking
from tests.unit.flagd.client.server import eventually
from tests.unit.flagd.client.test_client import EVE, _flag, _undecided

SAMPLE = 'flagd_client_events_total{event="checkout",flag="a",rollout_arm="treated",variant="on"} '


@pytest.fixture
def one():
    treated = _flag("a", metadata={"rollout_arm": "treated"})
    counters = Counters(flags=["a", "none", "nope"], events=["checkout"])
    with FlagClient(bootstrap=[treated, _undecided()], counters=counters, tracking=Tracking(lambda _: None)) as made:
        made.wait_ready()
        yield made


def _page(client):
    registry = CollectorRegistry()
    registry.register(ClientCollector(client))
    return generate_latest(registry).decode()


def test_events_are_counted_by_what_the_user_has_and_expose_nobody(one):
    one.track("checkout", EVE)
    one.track("checkout", {"user_id": "ann"})
    page = _page(one)
    assert f"{SAMPLE}2.0" in page
    assert 'flag="nope"' not in page
    assert "flagd_client_exposures_total{" not in page
    one.variant("a", EVE)
    assert 'flagd_client_exposures_total{flag="a",variant="on"} 1.0' in _page(one)


def test_what_may_come_while_a_run_compares_is_there_from_the_start_as_zero(one):
    page = _page(one)
    for arm in ("treated", "control"):
        assert f'flagd_client_events_total{{event="checkout",flag="a",rollout_arm="{arm}",variant="on"}} 0.0' in page


def test_what_cannot_be_counted_is_told_once_and_raises_nothing(one, caplog):
    for _ in range(2):
        one.track("chekout", EVE)
        one.track("checkout", "eve")
    assert len([line for line in caplog.messages if "not counted" in line]) == 2
    assert f"{SAMPLE}0.0" in _page(one)


def test_a_client_that_counts_nothing_and_tests_of_a_service_count_nothing(one):
    with FlagClient(bootstrap=[]) as other:
        other.track("checkout", EVE)
    with takeover.standing_in(Flags(Known({}))):
        one.track("checkout", EVE)
    assert f"{SAMPLE}0.0" in _page(one)


def test_openfeatures_sdk_counts_an_event_once_whatever_its_value(one):
    api.set_provider_and_wait(FlagProvider(one), "counting")
    asked = api.get_client("counting")
    asked.track("checkout", EvaluationContext("eve"), TrackingEventDetails(99.5))
    asked.track("checkout", EvaluationContext("eve", {"groups": 3}))
    eventually(lambda: f"{SAMPLE}2.0" in _page(one) or f"{SAMPLE}1.0" in _page(one))


def test_a_client_that_is_gone_has_no_metrics():
    registry, gone = CollectorRegistry(), FlagClient(bootstrap=[])
    registry.register(ClientCollector(gone))
    gone.close()
    del gone
    eventually(lambda: generate_latest(registry) == b"")
