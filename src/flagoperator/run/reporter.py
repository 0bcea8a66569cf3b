"""Reporter: knows what each status should say, and has it written when that changes."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flagd.manifest import KINDS
from flagd.manifest.changes.news import Reason
from flagoperator.cluster.event import about
from flagoperator.cluster.lease import REPLICAS
from flagoperator.cluster.writer import TOO_LARGE, Wanted, Writer
from flagoperator.reconcile.authority.ownership import ours
from flagoperator.reconcile.effective import Reach
from flagoperator.reconcile.list_status import list_turn
from flagoperator.reconcile.mass_removal import told
from flagoperator.reconcile.projects import findings_of
from flagoperator.reconcile.propagation import Progress, Stage
from flagoperator.reconcile.ramps.report import report
from flagoperator.reconcile.served import served_form
from flagoperator.reconcile.status import Facts, Shown, complaint, desired_status, shown_by

if TYPE_CHECKING:
    from collections.abc import Collection

    from flagd.compiler import Compiled
    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api
    from flagoperator.cluster.lease import Lease
    from flagoperator.reconcile.entry import Entry
    from flagoperator.run.events import OperatorEvents
    from flagoperator.run.model import Model
    from flagoperator.run.replicas import Replicas

log = logging.getLogger(__name__)
EDITS = ("UsersMove", "TypeChanges")
"""The reasons that are also reported in an event: they are true of one edit only."""
LOOK_SECONDS = 5.0
"""How often what waits for replicas is counted again."""
TURN_SECONDS = 0.02
"""How long what was published has the machine to itself before statuses are written about it."""
NEW_TERM_SECONDS = 10.0
"""How long statuses are believed where nobody has led before: nobody else can have written what is true."""
TERM_SECONDS = 45.0
"""The same where somebody has: replicas that lost their publisher try again within 30 s."""
NO_ROOM = "; object and status together are larger than the cluster takes: make it smaller, or split it"


class Reporter:
    """Statuses, events, and the annotation of the Lease."""

    def __init__(self, api: Api, model: Model, lease: Lease, replicas: Replicas, events: OperatorEvents) -> None:
        self._api = api
        self._model = model
        self._lease = lease
        self._replicas = replicas
        self._events = events
        self._floors: dict[str, tuple[int, int]] = {}
        self._recount = False
        self._shown: dict[ResourceRef, Shown] = {}
        self.writer = Writer(api, self)

    @property
    def writing(self) -> bool:
        """Whether this replica may write now."""
        return self._lease.leads

    @property
    def giving_way(self) -> bool:
        """Whether statuses would hold up a change on its way to the replicas."""
        return self._model.awaited.is_new(time.monotonic(), self._model.debounce.seen)

    def look_soon(self, refs: Collection[ResourceRef]) -> None:
        """Have the statuses of `refs` compared with what they should be, once the replicas have had their turn."""
        if refs:
            asyncio.get_running_loop().call_later(TURN_SECONDS, self.writer.look, refs)

    def look_at_all(self) -> None:
        """Have all statuses compared with what they should be."""
        for kind in KINDS:
            self.writer.look(entry.ref for entry in self._model.cache.entries(kind))

    def look_at_touched(self) -> None:
        """Have the statuses compared of what the cluster reported on."""
        self.look_soon(self._model.cache.drain_touched())

    def begin_term(self) -> None:
        """Write what is to be said, now that this replica leads: what it saw before and nobody may have reported."""
        self.look_at_all()
        self._events.holding(told(list(self._model.mass_removal.held.values())))

    async def take_touched(self) -> None:
        """Look at what was compiled; until cancelled."""
        while True:
            self.look_soon(await self._model.touched.take())

    async def follow(self) -> None:
        """Look at what waits for replicas whenever one of them moves on; until cancelled."""
        with self._replicas.subscribe() as changed:
            while True:
                await changed.wait()
                changed.clear()
                self._look_at_waiting()

    async def tick(self) -> None:
        """Count the replicas again every few seconds, for what waits long; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._lease.annotate(REPLICAS, self._summary())
            self._recount = True
            self._look_at_waiting()
            await asyncio.sleep(0.1)
            self._recount = False

    def wanted(self, ref: ResourceRef) -> Wanted | None:
        """Return what to write about `ref`; None if it has what it should have."""
        entry, compiled = self._model.cache.entry(ref), self._model.projects.compiled.get(ref.namespace)
        taken = self._model.projects.taken(ref)
        if entry is None:
            self._model.ledger.settle(ref)
            self._shown.pop(ref, None)
            self.writer.rivalry.forget(ref)
            return None
        if taken is None or (taken.uid, taken.generation) != (entry.uid, entry.generation):
            return None  # it comes again once it is compiled
        progress = self._progress(ref)
        status = desired_status(self._facts(entry, compiled, progress), _now())
        if status != ours(entry.status):
            return Wanted(ref, entry.uid, status, entry.status)
        if progress.stage is Stage.SERVED and self._is_settled(entry, progress):
            self._shown[ref] = shown_by(entry)
            self._model.ledger.settle(ref)
        return None

    def _is_settled(self, entry: Entry, progress: Progress) -> bool:
        """Return whether what the status of `entry` says is true, and not only believed for a while."""
        count = f"{progress.have}/{progress.want}"
        return not self._trusting or str(entry.status.get("published", count)).startswith(count)

    @property
    def _trusting(self) -> bool:
        """Whether replicas may not have come back yet since this replica began to lead."""
        return time.monotonic() < self._lease.since + (NEW_TERM_SECONDS if self._lease.epoch == 1 else TERM_SECONDS)

    async def written(self, wanted: Wanted, obj: dict[str, Any]) -> None:
        """Take note that `wanted` was written and its resource is now `obj`; warn if it became worse."""
        self._model.cache.observe(wanted.ref.kind, "MODIFIED", obj)
        self._model.recorded.wake()
        self.look_at_touched()
        # Not what the cache has: the watch may have reported this write before it was answered.
        if complaint(wanted.status) != complaint(wanted.before):
            self._tell_turn(wanted)
        turn = list_turn(wanted.before, wanted.status)
        if turn is not None and turn.status == "True":
            self._events.tell(about(wanted.ref, wanted.uid), turn.type, turn.message, "Normal")
        elif turn is not None:
            self._events.tell(about(wanted.ref, wanted.uid), turn.reason, turn.message)
        if wanted.before.get("observedGeneration") != wanted.status["observedGeneration"]:
            self._warn_of_edit(wanted)

    async def refused(self, wanted: Wanted, why: str) -> None:
        """Say in an event what the API server does not let the status of `wanted` say."""
        if complaint(wanted.status) is not None:
            self._tell_turn(wanted)
        else:
            self._events.tell(about(wanted.ref, wanted.uid), "StatusNotWritten", why + NO_ROOM * (TOO_LARGE in why))

    def _tell_turn(self, wanted: Wanted) -> None:
        """Say in an event that a resource is broken or fixed: of many at once on what they refer to."""
        broken = self._model.projects.broken
        culprit, verdict = broken.together(wanted.ref), broken.verdict(wanted.ref)
        regarding, message = about(wanted.ref, wanted.uid), "can be used again" if verdict is None else str(verdict)
        if culprit is not None:
            entry = self._model.cache.entry(culprit)
            regarding, message = about(culprit, "" if entry is None else entry.uid), broken.told_of(culprit)
        if complaint(wanted.status) is None:
            self._events.tell(regarding, Reason.FIXED, message, "Normal")
        elif verdict is not None:  # else it was fixed meanwhile, and that comes next
            self._events.tell(regarding, Reason.BROKEN, message)

    def _warn_of_edit(self, wanted: Wanted) -> None:
        entry, compiled = self._model.cache.entry(wanted.ref), self._model.projects.compiled.get(wanted.ref.namespace)
        found = () if entry is None else findings_of(entry, compiled)
        for reason in EDITS:
            text = "; ".join(each.message for each in found if each.reason == reason)
            if text:
                self._events.tell(about(wanted.ref, wanted.uid), reason, text)

    def _facts(self, entry: Entry, compiled: Compiled | None, progress: Progress) -> Facts:
        if compiled is None:
            return Facts(entry, (), None, progress)
        findings = findings_of(entry, compiled)
        served = served_form(entry, compiled, findings)
        users = compiled.used_by(entry.resource) if entry.resource is not None and entry.ref.kind != "Flag" else ()
        shown, trusting = self._shown.get(entry.ref), self._trusting
        reach = self._reach(entry, compiled)
        members = compiled.state.cohorts.get(entry.ref.name) if entry.ref.kind == "FlagCohort" else None
        return Facts(entry, findings, served, progress, users, self._recount, shown, reach, trusting, members)

    def _reach(self, entry: Entry, compiled: Compiled) -> Reach:
        if entry.ref.kind != "Flag":
            return Reach()
        walk = self._model.projects.ramps.walk(entry.ref)
        own = compiled.owner(entry.key) == entry.ref
        return Reach(compiled.admitted(entry.key) if own else {}, None if walk is None else report(walk, entry))

    def _progress(self, ref: ResourceRef) -> Progress:
        held = self._model.mass_removal.held.get(ref.namespace)
        progress = self._model.ledger.progress(ref, self._replicas.ready)
        if progress.stage is Stage.HELD and held is not None:
            return Progress(Stage.HELD, progress.have, progress.want, str(held))
        return progress

    def _look_at_waiting(self) -> None:
        ready, moved = self._replicas.ready, set()
        for project in self._model.board.current.rulesets if self._model.board.current else ():
            floor = self._model.ledger.floor(project, ready), sum(project in each.refusals for each in ready)
            if self._floors.get(project) != floor or self._recount:
                self._floors[project] = floor
                moved.add(project)
            if ready and floor[0] >= self._model.ledger.newest(project):
                self._acknowledged(project)
        self.writer.look([ref for ref in self._model.ledger.pending if ref.namespace in moved])

    def _acknowledged(self, project: str) -> None:
        seconds = self._model.awaited.acknowledge(project, time.monotonic())
        if seconds is not None:
            self._model.metrics.acknowledged.observe(seconds)

    def _summary(self) -> str:
        current, ready = self._model.board.current, self._replicas.ready
        rulesets = current.rulesets if current else {}
        have = sum(all(each.revisions.get(name) == one.revision for name, one in rulesets.items()) for each in ready)
        return f"{have}/{len(ready)}"


def _now() -> str:
    return datetime.fromtimestamp(int(time.time()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
