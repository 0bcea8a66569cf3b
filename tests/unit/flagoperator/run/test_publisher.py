"""In a new term nothing is published before it is known what the replicas serve that callers ask."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import KINDS
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.publisher import Subscriber
from flagd.sync.publisher.subscribers import Served
from flagoperator.cluster.event import Events
from flagoperator.reconcile import agreement
from flagoperator.reconcile.authority.takeover import LATER_TERM_SECONDS
from flagoperator.reconcile.awaited import DELIVERY_SECONDS
from flagoperator.reconcile.entry import read_entry
from flagoperator.reconcile.projects import Projects
from flagoperator.run.events import OperatorEvents
from flagoperator.run.model import Model
from flagoperator.run.publisher import Publisher
from flagoperator.run.recall import Recalled
from flagoperator.run.replicas import Replicas
from flagoperator.run.walker import Walker
from tests.unit.flagoperator.reconcile.cluster import flag

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from flagd.ruleset import Ruleset


@dataclass
class Term:
    """A Lease that is held."""

    epoch: int = 2
    since: float = field(default_factory=time.monotonic)
    leads: bool = True
    confirmed: frozenset[str] = frozenset()


class Listed:
    """A reflector that has just listed everything."""

    def __init__(self) -> None:
        self.listed = self.believed = time.monotonic()
        self.unserved = frozenset[str]()
        self.stale = False
        self.published = asyncio.Event()
        self.unread: frozenset[str] = frozenset()


@dataclass
class Service:
    """An API server that knows the ready pods of the evaluation service."""

    ready: frozenset[str] | None

    async def get(self, _path: str, **_query: str) -> dict[str, Any]:
        endpoints = [{"targetRef": {"name": each}, "addresses": ["10.0.0.1"]} for each in self.ready or ()]
        return {"items": [{"endpoints": endpoints}]}


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
    certain: bool = True,
    unread: frozenset[str] = frozenset(),
    told: Callable[[Sequence[HashedRuleset]], Recalled] = lambda _: Recalled({}, served=False),
) -> AsyncIterator[tuple[Publisher, Model]]:
    """Run a publisher that has looked at a cluster of some flags, with replicas that said hello."""

    async def recall() -> Recalled:
        return Recalled(before, served=certain and bool(before))

    async def ask(held: Sequence[HashedRuleset]) -> Recalled:
        return told(held)

    model = Model()
    for kind in KINDS:
        listing = model.cache.listing(kind, "100")
        listing.page(flag(f"f{number}", number + 1) for number in range(flags if kind == "Flag" else 0))
        listing.finish()
    reflector: Any = Listed()
    reflector.unread = unread
    lease: Any = term
    api: Any = Service(ready)
    replicas_of = Replicas(api, None if ready is None else ("flags", "flagd"), model.subscribers)
    events = OperatorEvents(Events(api), lease, model.cache)
    walker = Walker(model, replicas_of, events)
    publisher = Publisher(model, reflector, lease, replicas_of, events, walker, recall, ask)
    with ExitStack() as streams:
        for each in replicas:
            streams.enter_context(model.subscribers.enter(each))
        looking = asyncio.create_task(replicas_of.run())
        async with asyncio.timeout(60):
            while ready is not None and replicas_of.pods is None:
                await asyncio.sleep(0)
        tasks = [looking, asyncio.create_task(publisher.run()), asyncio.create_task(publisher.follow())]
        try:
            await reflector.published.wait()
            yield publisher, model
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


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
    async with publishing(Term(), replica("new", 0)) as (_, model):
        with model.subscribers.enter(replica("old", 1000)):
            async with asyncio.timeout(60):
                while not model.mass_removal.held:
                    await asyncio.sleep(0)
        assert model.mass_removal.held["shop"].before == 1000


async def test_what_is_published_is_awaited_and_handed_to_who_reports():
    async with publishing(Term(), replica("old", 1)) as (_, model):
        assert model.awaited.is_new(time.monotonic(), None)
        assert not model.awaited.is_new(time.monotonic() + DELIVERY_SECONDS, None)
        async with asyncio.timeout(60):
            assert {ref.name for ref in await model.touched.take()} == {"f0"}


async def test_statuses_do_not_put_off_a_change_that_waits(monkeypatch: pytest.MonkeyPatch):
    async with publishing(Term(), replica("old", 1)) as (publisher, model):
        noted: list[float] = []
        monkeypatch.setattr(model.debounce, "change", noted.append)

        def noted_after(obj: dict) -> int:
            model.cache.observe("Flag", "MODIFIED", obj)
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


@pytest.mark.parametrize("certain", [True, False])
async def test_replicas_are_waited_for_where_only_an_operator_that_stands_by_said_what_is_served(certain: bool):
    before = {"shop": HashedRuleset.empty("shop").ruleset}
    async with publishing(Term(epoch=2), before=before, certain=certain) as (publisher, _):
        assert publisher.deciding is certain


def broken(name: str, version: int) -> dict[str, Any]:
    return {**flag(name, version, generation=2), "spec": {"nonsense": 1}}


@pytest.mark.parametrize("leads", [False, True], ids=["stands by", "takes over"])
async def test_forms_of_broken_flags_that_were_not_seen_here_are_those_that_another_serves(
    monkeypatch: pytest.MonkeyPatch, leads: bool
):
    monkeypatch.setattr(agreement, "SETTLE_SECONDS", 0)
    other = Projects()
    for each in (flag("f0", 1), flag("lost", 150), broken("lost", 151)):
        read = read_entry("Flag", each, None)
        other.take({read.ref: read})
    served = {"shop": other.compiled["shop"].ruleset}
    asked: list[frozenset[str]] = []
    telling = False

    def told(held: Sequence[HashedRuleset]) -> Recalled:
        asked.append(frozenset(one.ruleset.project for one in held))
        return Recalled(served, served=telling)

    term = Term(leads=False)
    async with publishing(term, replica("old", 2), told=told) as (publisher, model):
        model.cache.observe("Flag", "MODIFIED", broken("lost", 151))
        publisher.wake()
        async with asyncio.timeout(60):
            while "shop" not in model.projects.compiled or not asked:
                await asyncio.sleep(0.01)
            assert "lost" not in model.projects.compiled["shop"].ruleset.flags
            telling, term.leads = True, leads
            monkeypatch.setattr(agreement, "AGAIN_SECONDS", 0)
            monkeypatch.setattr(agreement, "LEADING_SECONDS", 0)
            publisher.wake()
            while model.projects.compiled["shop"].ruleset.revision != served["shop"].revision:
                await asyncio.sleep(0.01)
            assert model.board.current is not None
            while model.board.current.rulesets["shop"].revision != served["shop"].revision:
                await asyncio.sleep(0.01)
    assert set(asked) == {frozenset({"shop"})}
