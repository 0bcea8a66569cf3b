"""OperatorEvents: what every replica sees, told by the one that leads."""

from types import SimpleNamespace

import pytest

from flagd.manifest import ResourceRef
from flagd.manifest.changes.news import News, Reason
from flagoperator.cluster.event import Events
from flagoperator.reconcile.resource_cache import ResourceCache
from flagoperator.run.events import OperatorEvents
from tests.unit.flagoperator.reconcile.cluster import flag

LEASE = {"namespace": "flags", "name": "flagoperator", "uid": "lease"}


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def lease(*, leads=False, vacant_since=0.0):
    return SimpleNamespace(leads=leads, reference=LEASE, vacant_since=vacant_since)


def changed(name="a", message="off"):
    return News(ResourceRef("Flag", "shop", name), Reason.CHANGED, message)


@pytest.fixture
def cache():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a"))
    return cache


def told(events):
    return [(one.regarding["name"], one.reason, one.message) for one in events._waiting.values()]


@pytest.mark.parametrize("leads", [False, True])
async def test_who_leads_tells_what_is_held_and_what_changed_of_what_is_still_there(leads, cache):
    written = Events(SimpleNamespace())
    events = OperatorEvents(written, lease(leads=leads), cache)
    events.holding(["20 of 20 flags would go"])
    events.changed(map(changed, ("a", "gone")))
    expected = [("flagoperator", "MassRemovalHeld", "20 of 20 flags would go"), ("a", "Changed", "off")]
    assert told(written) == (expected if leads else [])


async def test_what_changed_while_nobody_led_is_told_once_by_the_next_that_leads(cache):
    seen, written, clock = lease(), Events(SimpleNamespace()), Clock()
    events = OperatorEvents(written, seen, cache, clock)
    events.changed([changed()])
    events.catch_up()
    assert told(written) == []
    seen.leads = True
    events.catch_up()
    events.catch_up()
    assert [(one.message, one.times) for one in written._waiting.values()] == [("off", 1)]


@pytest.mark.parametrize(("seen_at", "expected"), [(100.0, [("a", "Changed", "off")]), (89.0, [])])
async def test_what_came_while_another_led_was_told_by_that_one(cache, seen_at, expected):
    seen, written, clock = lease(), Events(SimpleNamespace()), Clock()
    events = OperatorEvents(written, seen, cache, clock)
    clock.now = seen_at
    events.changed([changed()])
    seen.vacant_since, seen.leads = 90.0, True
    events.catch_up()
    assert told(written) == expected


async def test_a_replica_that_never_leads_remembers_a_bounded_number(cache, monkeypatch):
    monkeypatch.setattr("flagoperator.run.events.WAITING", 3)
    seen = lease()
    events = OperatorEvents(Events(SimpleNamespace()), seen, cache, Clock())
    for number in range(10):
        events.changed([changed(message=f"edit {number}")])
    assert [one.message for _, one in events._untold] == ["edit 7", "edit 8", "edit 9"]
    seen.vacant_since = 101.0
    events.catch_up()
    assert not events._untold
