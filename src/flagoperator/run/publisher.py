"""Publisher: compiles what changed in the mirror and puts it up for the replicas, unless the guard holds it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from typing import TYPE_CHECKING

from flagd.manifest.changes.news import Reason, lines
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sources.announcer import Announcer
from flagd.sync.publisher import Publication
from flagoperator.reconcile.debounce import Debounce
from flagoperator.reconcile.guard import Look, told
from flagoperator.reconcile.holdback import HoldBack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from flagd.manifest import ResourceRef
    from flagd.manifest.changes.news import News
    from flagd.ruleset import Ruleset
    from flagoperator.cluster.lease import Lease
    from flagoperator.reconcile.guard import Removal
    from flagoperator.run.model import Model
    from flagoperator.run.source import Source

    Recall = Callable[[], Awaitable[Mapping[str, Ruleset]]]

log = logging.getLogger(__name__)
FEW = 50
"""Up to so many changes are compiled in the event loop; more go to a thread, so that probes are answered meanwhile."""
FIRST_TERM_SECONDS = 3.0
"""How long a replica is waited for, to say what it serves, where nobody has published before."""
LATER_TERM_SECONDS = 35.0
"""The same where somebody has: replicas that lost their publisher try again within 30 s."""
DELIVERY_SECONDS = 2.0
"""How long a change may hold up statuses: a replica that does not answer must not do so for ever."""
FRESH_SECONDS = 5.0
"""How old a list may be when the Lease is taken, to publish from it."""


class Publisher:
    """What is published, and how it came about. One task runs it."""

    def __init__(self, model: Model, source: Source, lease: Lease, recall: Recall) -> None:
        """`recall` says what was served before this process, by project."""
        self._model = model
        self._recall = recall
        self._before: Mapping[str, Ruleset] = {}
        self._carried: dict[str, HashedRuleset] = {}
        self._source = source
        self._lease = lease
        self._debounce = Debounce()
        self._holdback = HoldBack()
        self._announcer = Announcer()
        self._woken = asyncio.Event()
        self._counted = 0
        self._sequence = 0
        self._shown: tuple[bool, int, int, bool] | None = None
        self._published: Mapping[str, Ruleset] | None = None
        self.deciding = False
        """Whether anything was published in the present term."""
        self.unacknowledged: dict[str, float] = {}
        """When the first change was seen that not every ready replica has yet, by project, on the monotonic clock."""
        self.touched: Callable[[Collection[ResourceRef]], None] = lambda _: None
        self.changed: Callable[[Sequence[News]], None] = lambda _: None
        self.holding: Callable[[str], None] = lambda _: None
        self.ready_pods: Callable[[], frozenset[str] | None] = lambda: None
        """Names of the replicas that serve callers; None while that is not known."""

    @property
    def held(self) -> Mapping[str, Removal]:
        """What waits for a second list or a confirmation, by project."""
        return self._holdback.held

    @property
    def delivering(self) -> bool:
        """Whether a change is on its way to the replicas that has not been for long."""
        newest = max([self._debounce.seen or float("-inf"), *self.unacknowledged.values()])
        return time.monotonic() - newest < DELIVERY_SECONDS

    def wake(self) -> None:
        """Have the publisher look at the mirror, the Lease and the guard."""
        changes = self._model.mirror.changes
        if changes != self._counted:  # not statuses: our own would put off what they wait for
            self._counted = changes
            self._debounce.change(time.monotonic())
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; nothing before everything was listed once."""
        self._before = await self._recall()
        self._model.projects.remember(self._before)
        while not self._model.mirror.complete:
            await self._wait(None)
        await self._publish()
        self._model.projects.follow()
        self._source.published.set()
        # Of what is kept nothing is ever garbage: the collector need not walk through it again and again.
        gc.collect()
        gc.freeze()
        gc.collect()  # of nothing: CPython is not to wait for garbage in proportion to what it does not see any more
        while True:
            await self._wait(self._debounce.due)
            await self._publish()

    async def _wait(self, until: float | None) -> None:
        """Return at `until`, or earlier when woken without a change; later if changes go on."""
        while True:
            timeout = None if until is None else max(0.0, until - time.monotonic())
            try:
                await asyncio.wait_for(self._woken.wait(), timeout)
            except TimeoutError:
                return
            self._woken.clear()
            until = self._debounce.due
            if until is None or until <= time.monotonic():
                return

    async def _publish(self) -> None:
        model, begun = self._model, time.monotonic()
        seen = self._debounce.seen
        self._debounce.publish(begun)
        changes = model.mirror.drain()
        touched: set[ResourceRef] = set()
        if changes:
            if len(changes) <= FEW:
                touched = model.projects.take(changes)
            else:
                touched = await asyncio.to_thread(model.projects.take, changes)
            self._log_news(model.projects.drain_news())
            model.ledger.wait(touched)
            model.gauges.reconciles.observe(time.monotonic() - begun)
        self._put(begun if seen is None else seen)
        self.touched(touched)

    def _log_news(self, found: Sequence[News]) -> None:
        for line in lines(found):
            level = logging.WARNING if line.reason is Reason.BROKEN else logging.INFO
            log.log(level, "%s", line.text, extra={"fields": line.fields})
        self.changed([one for one in found if one.reason is Reason.CHANGED])

    def _put(self, seen: float) -> None:
        model = self._model
        wanted = {
            name: HashedRuleset(compiled.ruleset, compiled.state.digest)
            for name, compiled in model.projects.compiled.items()
        }
        wanted |= {name: hashed for name, hashed in self._unread().items() if name not in wanted}
        look = Look(time.monotonic(), self._source.believed, self._lease.confirmed, self._source.unserved)
        choice = self._holdback.choose(wanted, self._served(), look)
        for text in told(choice.held):
            log.warning("%s", text)
            self.holding(text)
        if choice.rulesets is None:
            return
        before, self._published = self._published, choice.rulesets
        changed = {name for name, one in self._published.items() if _revision(before, name) != one.revision}
        if changed or before is None or self._published.keys() != before.keys():
            self._sequence += 1
        self._show(self._published)
        for name in changed:
            ruleset = self._published[name]
            model.ledger.publish(name, ruleset.revision, self._sequence)
            model.gauges.count_publish(name, self._published.keys())
            self.unacknowledged.setdefault(name, seen)
        model.ledger.include(self._published.keys())
        if self.deciding:  # before that another replica's are served
            self._announcer.tell_all(self._published)

    def _unread(self) -> Mapping[str, HashedRuleset]:
        """Return what was served before of namespaces that could not be read yet: nobody knows anything newer."""
        for name in self._source.unread & self._before.keys() - self._carried.keys():
            self._carried[name] = HashedRuleset.of(self._before[name])
        return {name: self._carried[name] for name in self._source.unread & self._carried.keys()}

    def _show(self, rulesets: Mapping[str, Ruleset]) -> None:
        self.deciding = self._may_publish()
        right = (self.deciding, self._lease.epoch, self._sequence, self._source.stale)
        if right != self._shown:
            self._shown = right
            self._model.board.put(Publication(rulesets, *right))

    def _may_publish(self) -> bool:
        """Return whether the Lease is held, the cluster was listed since it was taken, and replicas were heard."""
        lease = self._lease
        if not lease.leads:
            return False
        if self._source.listed < lease.since - FRESH_SECONDS:
            self._source.list_soon()
            return False
        return self.deciding or self._heard()

    def _heard(self) -> bool:
        """Return whether it is known what replicas serve, or none has said so for as long as one may take."""
        if self._before or self._answered():
            return True
        patience = FIRST_TERM_SECONDS if self._lease.epoch == 1 else LATER_TERM_SECONDS
        if time.monotonic() - self._lease.since < patience:
            return False
        log.info("not every replica has said what it serves: everything in the cluster is taken for new")
        return True

    def _answered(self) -> bool:
        """Return whether those replicas have said what they serve that may serve something.

        One that is new and empty may come first, and would hide what the others serve.
        """
        replicas, ready = self._model.subscribers.replicas, self.ready_pods()
        if ready is not None:
            return ready <= replicas.keys()
        served = any(each.flags for replica in replicas.values() for each in replica.served.values())
        return served or (self._lease.epoch == 1 and bool(replicas))

    def _served(self) -> Mapping[str, Ruleset | int]:
        """Return what is served by project: the rulesets, or where more is served than is known how many flags."""
        known: dict[str, Ruleset | int] = dict(self._before if self._published is None else self._published)
        if self.deciding:
            return known
        for replica in self._model.subscribers.replicas.values():
            for project, served in replica.served.items():
                if served.flags > count(known.get(project, 0)):
                    known[project] = served.flags
        return known


def count(served: Ruleset | int) -> int:
    """Return the number of flags."""
    return served if isinstance(served, int) else len(served.flags)


def _revision(rulesets: Mapping[str, Ruleset] | None, project: str) -> str:
    ruleset = (rulesets or {}).get(project)
    return "" if ruleset is None else ruleset.revision
