"""OperatorEvents: what every replica sees, told by the one that leads."""

from types import SimpleNamespace

import pytest

from flagd.manifest import ResourceRef
from flagd.manifest.changes.news import News, Reason
from flagoperator.cluster.event import Events
from flagoperator.reconcile.mirror import Mirror
from flagoperator.run.events import OperatorEvents
from tests.unit.flagoperator.reconcile.cluster import flag

LEASE = {"namespace": "flags", "name": "flagoperator", "uid": "lease"}


def told(events):
    return [(one.regarding["name"], one.reason, one.message) for one in events._waiting.values()]


@pytest.mark.parametrize("leads", [False, True])
async def test_who_leads_tells_what_is_held_and_what_changed_of_what_is_still_there(leads):
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a"))
    written = Events(SimpleNamespace())
    events = OperatorEvents(written, SimpleNamespace(leads=leads, reference=LEASE), mirror)
    events.holding(["20 of 20 flags would go"])
    events.changed([News(ResourceRef("Flag", "shop", name), Reason.CHANGED, "off") for name in ("a", "gone")])
    expected = [("flagoperator", "MassRemovalHeld", "20 of 20 flags would go"), ("a", "Changed", "off")]
    assert told(written) == (expected if leads else [])
