"""Publisher: compiles what changed in the cache and puts it up for the replicas, unless a mass removal holds it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from typing import TYPE_CHECKING

from flagd.manifest.changes.news import Reason, lines
from flagd.process.announcer import Announcer
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.publisher import Publication
from flagoperator.reconcile.agreement import Agreement
from flagoperator.reconcile.authority import takeover
from flagoperator.reconcile.authority.takeover import Situation, Verdict
from flagoperator.reconcile.mass_removal import Look, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from flagd.compiler import Compiled
    from flagd.manifest import ResourceRef
    from flagd.manifest.changes.news import News
    from flagd.ruleset import Ruleset
    from flagoperator.cluster.lease import Lease
    from flagoperator.run.events import OperatorEvents
    from flagoperator.run.model import Model
    from flagoperator.run.recall import Recalled
    from flagoperator.run.reflector import Reflector
    from flagoperator.run.replicas import Replicas
    from flagoperator.run.walker import Walker

    Recall = Callable[[], Awaitable[Recalled]]
    Ask = Callable[[Sequence[HashedRuleset]], Awaitable[Recalled]]

log = logging.getLogger(__name__)
RECALL_SECONDS = 2.0
"""How soon replicas are asked again for what they serve."""
FEW = 50
"""Up to so many changes are compiled in the event loop; more go to a thread, so that probes are answered meanwhile."""


class Publisher:
    """What is published, and how it came about. One task runs it."""

    def __init__(
        self,
        model: Model,
        reflector: Reflector,
        lease: Lease,
        replicas: Replicas,
        events: OperatorEvents,
        walker: Walker,
        recall: Recall,
        ask: Ask,
    ) -> None:
        """Publish what `model` has.

        Args:
            model: what is compiled, and how it is put up.
            reflector: what the cluster says.
            lease: who decides.
            replicas: who is served.
            events: what is told of changes.
            walker: what takes rollouts further.
            recall: says what was served before this process, by project.
            ask: says what others serve now, of the projects that are known here.
        """
        self._model = model
        self._walker = walker
        self._recall = recall
        self._ask = ask
        self._agreement = Agreement()
        self._looking: asyncio.TimerHandle | None = None
        self._replicas = replicas
        self._events = events
        self._before: Mapping[str, Ruleset] = {}
        self._certain = False
        self._carried: dict[str, HashedRuleset] = {}
        self._reflector = reflector
        self._lease = lease
        self._announcer = Announcer()
        self._woken = asyncio.Event()
        self._counted = 0
        self._sequence = 0
        self._shown: tuple[bool, int, int, bool] | None = None
        self._published: Mapping[str, Ruleset] | None = None
        self.deciding = False
        """Whether anything was published in the present term."""

    def wake(self) -> None:
        """Have the publisher look at the cache, the Lease and what is held."""
        changes = self._model.cache.changes
        if changes != self._counted:  # not statuses: our own would put off what they wait for
            self._counted = changes
            self._model.debounce.change(time.monotonic())
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; nothing before everything was listed once."""
        found = await self._recall()
        self._before, self._certain = found.rulesets, found.served
        self._model.projects.remember(found.rulesets, certain=found.served)
        while not self._model.cache.complete:
            await self._wait(None)
        await self._publish()
        self._model.projects.follow()
        self._reflector.published.set()
        # Of what is kept nothing is ever garbage: the collector need not walk through it again and again.
        gc.collect()
        gc.freeze()
        gc.collect()  # of nothing: CPython is not to wait for garbage in proportion to what it does not see any more
        while True:
            await self._wait(self._model.debounce.due)
            await self._publish()

    async def follow(self) -> None:
        """Look whether enough replicas have said what they serve, whenever one of them does; until cancelled."""
        with self._replicas.subscribe() as changed:
            while True:
                await changed.wait()
                changed.clear()
                if not self.deciding:
                    self.wake()

    async def _wait(self, until: float | None) -> None:
        """Return at `until`, or earlier when woken without a change; later if changes go on."""
        while True:
            timeout = None if until is None else max(0.0, until - time.monotonic())
            try:
                # Not wait_for: it drops a cancellation that comes together with the event.
                async with asyncio.timeout(timeout):
                    await self._woken.wait()
            except TimeoutError:
                return
            self._woken.clear()
            until = self._model.debounce.due
            if until is None or until <= time.monotonic():
                return

    async def _publish(self) -> None:
        model, started = self._model, time.monotonic()
        seen = self._model.debounce.seen
        self._model.debounce.publish(started)
        changes = model.cache.drain()
        touched: set[ResourceRef] = set()
        if changes:
            if len(changes) <= FEW:
                touched = model.projects.take(changes)
            else:
                touched = await asyncio.to_thread(model.projects.take, changes)
            model.metrics.reconciles.observe(time.monotonic() - started)
        touched |= model.projects.supply()
        if touched:
            self._log_news(model.projects.drain_news())
            model.ledger.wait(touched)
        touched |= await self._agree()
        touched |= await self._hear()
        touched |= self._walker.step(deciding=self.deciding)
        self._put(started if seen is None else seen)
        model.touched.put(touched)

    async def _agree(self) -> set[ResourceRef]:
        """Keep of what is broken what callers get: another that decides may have seen forms that were not seen here."""
        projects, agreement = self._model.projects, self._agreement
        if self.deciding:
            return set()
        broken = {ref.namespace for ref in projects.broken.refs()}
        ours = {name: _hashed(name, projects.compiled.get(name)) for name in broken}
        revisions = {name: one.ruleset.revision for name, one in ours.items()}
        names, seconds = agreement.open(revisions, time.monotonic(), leads=self._lease.leads)
        if self._looking is not None:
            self._looking.cancel()
        self._looking = None if seconds == float("inf") else asyncio.get_running_loop().call_later(seconds, self.wake)
        if not names:
            return set()
        told = await self._ask([ours[name] for name in names])
        if not told.served:
            return set()
        served = {name: told.rulesets[name] for name in names if name in told.rulesets}
        other = {name: one for name, one in served.items() if one.revision != revisions[name]}
        touched = await asyncio.to_thread(projects.adopt, other) if other else set()
        for name, one in served.items():
            if _hashed(name, projects.compiled.get(name)).ruleset.revision == one.revision:
                agreement.agree(name, one.revision)
        return touched

    async def _hear(self) -> set[ResourceRef]:
        """Find out where flags with a ramp stand of which no status says it; return the resources to look at."""
        verdict = takeover.judge(self._situation())
        if verdict.publishes:
            return self._model.projects.hear({})
        if verdict is not Verdict.RECALL:
            return set()
        found = await self._recall()
        if found.served and found.rulesets.keys() >= self._model.projects.unknown:
            self._before, self._certain = found.rulesets, True
            return self._model.projects.hear(found.rulesets)
        asyncio.get_running_loop().call_later(RECALL_SECONDS, self.wake)
        return set()

    def _log_news(self, found: Sequence[News]) -> None:
        for line in lines(found):
            level = logging.WARNING if line.reason is Reason.BROKEN else logging.INFO
            log.log(level, "%s", line.text, extra={"fields": line.fields})
        self._events.changed([one for one in found if one.reason is Reason.CHANGED])

    def _put(self, seen: float) -> None:
        model = self._model
        wanted = {name: _hashed(name, compiled) for name, compiled in model.projects.compiled.items()}
        wanted |= {name: hashed for name, hashed in self._unread().items() if name not in wanted}
        look = Look(time.monotonic(), self._reflector.believed, self._lease.confirmed, self._reflector.unserved)
        choice = model.mass_removal.choose(wanted, self._served(), look)
        texts = told(choice.held)
        for text in texts:
            log.warning("%s", text)
        self._events.holding(texts)
        if choice.rulesets is None:
            return
        before, self._published = self._published, choice.rulesets
        changed = {name for name, one in self._published.items() if _revision(before, name) != one.revision}
        if changed or before is None or self._published.keys() != before.keys():
            self._sequence += 1
        self._show(self._published)
        for name in changed:
            ruleset = self._published[name]
            model.ledger.publish(name, ruleset.revision, self._sequence, time.time())
            model.metrics.count_publish(name, self._published.keys())
            model.awaited.publish(name, seen)
        model.ledger.include(self._published.keys())
        self._walker.published(self._published)
        if self.deciding:  # before that another replica's are served
            self._announcer.tell_all(self._published)

    def _unread(self) -> Mapping[str, HashedRuleset]:
        """Return what was served before of namespaces that could not be read yet: nobody knows anything newer."""
        for name in self._reflector.unread & self._before.keys() - self._carried.keys():
            self._carried[name] = HashedRuleset.of(self._before[name])
        return {name: self._carried[name] for name in self._reflector.unread & self._carried.keys()}

    def _show(self, rulesets: Mapping[str, Ruleset]) -> None:
        self.deciding = self._may_publish()
        right = (self.deciding, self._lease.epoch, self._sequence, self._reflector.stale)
        if right != self._shown:
            self._shown = right
            self._model.board.put(Publication(rulesets, *right))

    def _may_publish(self) -> bool:
        verdict = takeover.judge(self._situation())
        if verdict is Verdict.LIST:
            self._reflector.list_soon()
        if verdict is Verdict.PUBLISH_UNHEARD:
            log.info("not every replica has said what it serves: everything in the cluster is treated as new")
        return verdict.publishes

    def _served(self) -> Mapping[str, Ruleset | int]:
        known = self._before if self._published is None else self._published
        return takeover.served(known, self._situation())

    def _situation(self) -> Situation:
        now, lease = time.monotonic(), self._lease
        return Situation(
            leads=lease.leads,
            epoch=lease.epoch,
            led_seconds=now - lease.since,
            listed_seconds=now - self._reflector.listed,
            publishing=self.deciding,
            recalled=bool(self._before) and self._certain,
            replicas={} if self.deciding else self._replicas.flags,
            ready=self._replicas.pods,
            unknown=self._model.projects.unknown,
        )


def _hashed(name: str, compiled: Compiled | None) -> HashedRuleset:
    return HashedRuleset.empty(name) if compiled is None else HashedRuleset(compiled.ruleset, compiled.state.digest)


def _revision(rulesets: Mapping[str, Ruleset] | None, project: str) -> str:
    ruleset = (rulesets or {}).get(project)
    return "" if ruleset is None else ruleset.revision
