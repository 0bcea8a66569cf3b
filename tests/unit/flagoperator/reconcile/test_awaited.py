"""Awaited: how long a change is on its way."""

from flagoperator.reconcile.awaited import DELIVERY_SECONDS, Awaited


def test_a_change_takes_from_when_it_was_first_seen_to_its_acknowledgement():
    awaited = Awaited()
    awaited.publish("p", 10.0)
    awaited.publish("p", 11.0)
    assert awaited.acknowledge("p", 12.0) == 2.0
    assert awaited.acknowledge("p", 13.0) is None


def test_a_change_is_new_until_it_is_acknowledged_or_old():
    awaited = Awaited()
    assert not awaited.is_new(10.0, None)
    assert awaited.is_new(10.0, 10.0), "one that is not published yet"
    awaited.publish("p", 10.0)
    assert awaited.is_new(10.0 + DELIVERY_SECONDS - 0.1, None)
    assert not awaited.is_new(10.0 + DELIVERY_SECONDS, None)
    awaited.acknowledge("p", 10.0)
    assert not awaited.is_new(10.0, None)
