"""Reporter: what is written and told of each resource, with neither a publisher nor an API server."""

from __future__ import annotations

import time
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import ResourceRef
from flagd.sync.publisher import Publication, Served, Subscriber
from flagoperator.cluster.event import Events
from flagoperator.reconcile.mass_removal import MassRemovalHold, Removal
from flagoperator.run.events import OperatorEvents
from flagoperator.run.model import Model
from flagoperator.run.replicas import Replicas
from flagoperator.run.reporter import TERM_SECONDS, Reporter
from tests.unit.flagoperator.reconcile.cluster import flag

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE = {"namespace": "flags", "name": "flagoperator", "uid": "lease"}
A = ResourceRef("Flag", "shop", "a")


class Reporting:
    """A reporter of a cluster of one flag, `a`, in the middle of a term."""

    def __init__(self, *, leads: bool = True) -> None:
        self.model = Model()
        self.lease: Any = SimpleNamespace(
            leads=leads, reference=LEASE, since=time.monotonic() - 2 * TERM_SECONDS, epoch=2
        )
        api: Any = SimpleNamespace()
        self.events = Events(api)
        replicas = Replicas(api, None, self.model.subscribers)
        events = OperatorEvents(self.events, self.lease, self.model.cache)
        self.reporter = Reporter(api, self.model, self.lease, replicas, events)

    def compile(self, obj: dict[str, Any]) -> None:
        """Have the cluster say `obj`, and compile it."""
        self.model.cache.observe("Flag", "MODIFIED", obj)
        self.model.ledger.wait(self.model.projects.take(self.model.cache.drain()))

    def publish(self) -> str:
        """Publish what is compiled, and return its revision."""
        ruleset = self.model.projects.compiled["shop"].ruleset
        self.model.board.put(Publication({"shop": ruleset}))
        self.model.ledger.publish("shop", ruleset.revision, 1)
        self.model.ledger.include(["shop"])
        return ruleset.revision

    def serve(self, streams: ExitStack, revision: str, name: str = "flagd-0") -> None:
        """Have a replica serve `revision` of the project."""
        served = {"shop": Served(revision, 1, 0.0)}
        streams.enter_context(self.model.subscribers.enter(Subscriber("replica", name, 0.0, served=served)))

    def status(self) -> Mapping[str, Any]:
        """Return what is to be written about the flag."""
        wanted = self.reporter.wanted(A)
        assert wanted is not None
        return wanted.status

    def told(self) -> list[tuple[str, str, str]]:
        return [(one.regarding["name"], one.reason, one.message) for one in self.events._waiting.values()]


def published(status: Mapping[str, Any]) -> str:
    return next(each["status"] for each in status["conditions"] if each["type"] == "Published")


async def test_what_was_held_before_the_term_is_told_when_it_begins(monkeypatch: pytest.MonkeyPatch):
    one = Reporting()
    removal = Removal("p0", "r", 20, 0)
    monkeypatch.setattr(MassRemovalHold, "held", {"p0": removal})
    one.reporter.begin_term()
    [(name, reason, message)] = one.told()
    assert (name, reason) == ("flagoperator", "MassRemovalHeld")
    assert "20 of 20 flags would go" in message


@pytest.mark.parametrize("leads", [True, False])
async def test_only_who_leads_writes(leads: bool):
    assert Reporting(leads=leads).reporter.writing is leads


async def test_a_flag_is_published_once_every_ready_replica_serves_it():
    one = Reporting()
    one.compile(flag("a"))
    revision = one.publish()
    with ExitStack() as streams:
        one.serve(streams, revision)
        one.serve(streams, "another", "flagd-1")
        assert published(one.status()) == "Unknown"
    with ExitStack() as streams:
        one.serve(streams, revision)
        one.serve(streams, revision, "flagd-1")
        assert published(one.status()) == "True"


async def test_nothing_is_written_of_what_is_not_compiled_or_gone():
    one = Reporting()
    assert one.reporter.wanted(A) is None
    one.compile(flag("a"))
    one.model.cache.observe("Flag", "MODIFIED", flag("a", 2, generation=2))
    assert one.reporter.wanted(A) is None
    one.model.cache.observe("Flag", "DELETED", flag("a", 3, generation=2))
    assert one.reporter.wanted(A) is None


async def test_statuses_give_way_to_a_change_until_it_is_acknowledged():
    one = Reporting()
    assert not one.reporter.giving_way
    one.compile(flag("a"))
    revision = one.publish()
    one.model.awaited.publish("shop", time.monotonic() + 3600)
    assert one.reporter.giving_way
    with ExitStack() as streams:
        one.serve(streams, revision)
        one.reporter._look_at_waiting()
    assert not one.reporter.giving_way
    assert sum(one.model.metrics.acknowledged.counts) == 1
