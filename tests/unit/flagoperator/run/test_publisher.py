"""In a new term nothing is published before it is known what the replicas serve that callers ask."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from flagd.manifest import KINDS
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.publisher import Subscriber
from flagd.sync.publisher.subscribers import Served
from flagoperator.run.model import Model
from flagoperator.run.publisher import DELIVERY_SECONDS, LATER_TERM_SECONDS, Publisher
from tests.unit.flagoperator.reconcile.cluster import flag

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from flagd.ruleset import Ruleset


@dataclass
class Term:
    """A Lease that is held."""

    epoch: int = 2
    since: float = field(default_factory=time.monotonic)
    leads: bool = True
    confirmed: frozenset[str] = frozenset()


class Listed:
    """A source that has just listed everything."""

    def __init__(self) -> None:
        self.listed = self.believed = time.monotonic()
        self.unserved = frozenset[str]()
        self.stale = False
        self.published = asyncio.Event()
        self.unread: frozenset[str] = frozenset()


def replica(name: str, flags: int) -> Subscriber:
    served = {"shop": Served("r", flags, 0)} if flags else {}
    return Subscriber("replica", name, 0, served=served)


@asynccontextmanager
async def publishing(
    term: Term,
    *replicas: Subscriber,
    ready: frozenset[str] | None = None,
    flags: int = 1,
    before: Mapping[str, Ruleset] = {},
    unread: frozenset[str] = frozenset(),
) -> AsyncIterator[tuple[Publisher, Model]]:
    """Run a publisher that has looked at a cluster of some flags, with replicas that said hello."""

    async def recall() -> Mapping[str, Ruleset]:
        return before

    model = Model()
    for kind in KINDS:
        listing = model.mirror.listing(kind, "100")
        listing.page(flag(f"f{number}", number + 1) for number in range(flags if kind == "Flag" else 0))
        listing.finish()
    publisher = Publisher(model, Listed(), term, recall)  # type: ignore[arg-type]
    publisher._source.unread = unread
    publisher.ready_pods = lambda: ready
    with ExitStack() as streams:
        for each in replicas:
            streams.enter_context(model.subscribers.enter(each))
        task = asyncio.create_task(publisher.run())
        try:
            await publisher._source.published.wait()
            yield publisher, model
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("replicas", "ready", "decides"),
    [
        ((), None, False),
        ((replica("new", 0),), None, False),
        ((replica("new", 0), replica("old", 1)), None, True),
        ((replica("new", 0),), frozenset({"new", "old"}), False),
        ((replica("new", 0), replica("old", 1)), frozenset({"new", "old"}), True),
        ((replica("new", 0),), frozenset({"new"}), True),
        ((), frozenset(), True),
    ],
    ids=["none", "an empty one", "one that serves", "one of two", "all", "an empty one is all", "nobody is ready"],
)
async def test_a_later_term_waits_for_those_that_may_serve(
    replicas: tuple[Subscriber, ...], ready: frozenset[str] | None, decides: bool
):
    async with publishing(Term(), *replicas, ready=ready) as (publisher, _):
        assert publisher.deciding is decides


async def test_the_first_term_begins_with_the_first_replica():
    async with publishing(Term(epoch=1), replica("new", 0)) as (publisher, _):
        assert publisher.deciding


async def test_patience_ends():
    async with publishing(Term(since=time.monotonic() - LATER_TERM_SECONDS), replica("new", 0)) as (publisher, _):
        assert publisher.deciding


async def test_a_new_replica_does_not_hide_what_another_serves():
    async with publishing(Term(), replica("new", 0)) as (publisher, model):
        with model.subscribers.enter(replica("old", 1000)):
            publisher.wake()
            async with asyncio.timeout(10):
                while not publisher.held:
                    await asyncio.sleep(0)
        assert publisher.held["shop"].before == 1000


async def test_a_change_is_being_delivered_until_it_is_acknowledged_or_old():
    async with publishing(Term(), replica("old", 1)) as (publisher, _):
        assert publisher.delivering, "the first publication is not acknowledged yet"
        publisher.unacknowledged["shop"] -= DELIVERY_SECONDS
        assert not publisher.delivering
        publisher.unacknowledged.clear()
        assert not publisher.delivering


async def test_statuses_do_not_put_off_a_change_that_waits(monkeypatch: pytest.MonkeyPatch):
    async with publishing(Term(), replica("old", 1)) as (publisher, model):
        noted: list[float] = []
        monkeypatch.setattr(publisher._debounce, "change", noted.append)

        def noted_after(obj: dict) -> int:
            model.mirror.observe("Flag", "MODIFIED", obj)
            publisher.wake()
            return len(noted)

        assert noted_after(flag("f0", 101, generation=2)) == 1
        assert noted_after({**flag("f0", 102, generation=2), "status": {"observedGeneration": 1}}) == 1
        assert noted_after(flag("f0", 103, generation=3)) == 2


@pytest.mark.parametrize("unread", [True, False])
async def test_what_was_served_of_a_namespace_that_could_not_be_read_yet_is_served_on(unread: bool):
    before = {"closed": HashedRuleset.empty("closed").ruleset}
    unreadable = frozenset({"closed"}) if unread else frozenset()
    async with publishing(Term(), replica("old", 1), before=before, unread=unreadable) as (_, model):
        assert model.board.current is not None
        assert ("closed" in model.board.current.rulesets) is unread
