from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flagd.manifest import ResourceRef
from flagd.manifest.changes.news import News, Reason
from flagoperator.reconcile.guard import Removal
from flagoperator.run.model import Model
from flagoperator.run.reporter import Reporter
from tests.unit.flagoperator.reconcile.cluster import flag

LEASE = {"namespace": "flags", "name": "flagoperator", "uid": "lease"}


def reporter(model: Model, *, leads: bool, held: int = 0) -> Reporter:
    publisher: Any = SimpleNamespace(held={f"p{number}": Removal(f"p{number}", "r", 20, 0) for number in range(held)})
    lease: Any = SimpleNamespace(leads=leads, reference=LEASE)
    return Reporter(SimpleNamespace(), model, publisher, lease, None)  # type: ignore[arg-type]


def told(reporter: Reporter) -> list[tuple[str, str, str]]:
    return [(one.regarding["name"], one.reason, one.message) for one in reporter.events._waiting.values()]


async def test_what_was_held_before_the_term_is_told_when_it_begins():
    waiting = reporter(Model(), leads=True, held=1)
    waiting.begin_term()
    [(name, reason, message)] = told(waiting)
    assert (name, reason) == ("flagoperator", "MassRemovalHeld")
    assert "20 of 20 flags would go" in message


async def test_a_change_is_an_event_of_who_leads_only():
    model = Model()
    model.mirror.observe("Flag", "ADDED", flag("a"))
    found = [News(ResourceRef("Flag", "shop", "a"), Reason.CHANGED, "active true → false")]
    found += [News(ResourceRef("Flag", "shop", "gone"), Reason.CHANGED, "active true → false")]
    for leads, expected in ((False, []), (True, [("a", "Changed", "active true → false")])):
        one = reporter(model, leads=leads)
        one.changed(found)
        assert told(one) == expected
