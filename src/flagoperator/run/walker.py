"""Walker: has rollouts take their steps, and says so: in the log, in events, in counts."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.sync.publisher import Counting, Sampling
from flagoperator.cluster.event import about
from flagoperator.reconcile.ramps import Round

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.manifest import ResourceRef
    from flagd.ruleset import EvaluationFlag, Ruleset
    from flagoperator.reconcile.ramps import Decision, Walk
    from flagoperator.run.events import OperatorEvents
    from flagoperator.run.model import Model
    from flagoperator.run.replicas import Replicas

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
"""How often the clock is looked at: rollouts know whole seconds."""
NOTHING = Counting()


class Walker:
    """Used by the publisher, which compiles; its own task only says when there is something to do."""

    def __init__(
        self,
        model: Model,
        replicas: Replicas,
        events: OperatorEvents,
        clock: Callable[[], float] = time.time,
        *,
        paused: bool = False,
    ) -> None:
        """`clock` returns seconds since 1970; `paused` = nothing moves forward."""
        self._model = model
        self._replicas = replicas
        self._events = events
        self._clock = clock
        self._paused = paused

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever a rollout is to take a step; until cancelled."""
        ramps, entry = self._model.projects.ramps, self._model.cache.entry
        with self._replicas.subscribe() as changed, self._model.recorded.subscribe(changed):
            while True:
                changed.clear()
                self._count()
                if ramps.is_due(self.look(), entry):
                    wake()
                try:
                    # Not wait_for: it drops a cancellation that comes together with the event.
                    async with asyncio.timeout(LOOK_SECONDS):
                        await changed.wait()
                except TimeoutError:
                    continue

    def step(self, *, deciding: bool) -> set[ResourceRef]:
        """Take every step that is due, or what another operator has decided; return the resources to report on."""
        projects, entry = self._model.projects, self._model.cache.entry
        if not deciding:
            return projects.raise_to(projects.ramps.follow(entry))
        changed, rises = projects.ramps.tick(self.look(), entry)
        touched = projects.raise_to(rises)
        for decision in projects.ramps.drain_decisions():
            self._tell(decision)
        self._model.ledger.wait(touched)
        return touched | changed

    def published(self, rulesets: Mapping[str, Ruleset]) -> None:
        """Take note that `rulesets` are published now."""
        compiled, ledger = self._model.projects.compiled, self._model.ledger

        def form_of(ref: ResourceRef, key: str) -> tuple[EvaluationFlag | None, int]:
            one, ruleset = compiled.get(ref.namespace), rulesets.get(ref.namespace)
            form = None if one is None or one.owner(key) != ref else one.state.flags.get(key)
            # What is held back, and so not published as it was compiled, is another object.
            is_published = ruleset is not None and ruleset.flags.get(key) is form
            return (form if is_published else None), ledger.newest(ref.namespace)

        self._model.projects.ramps.publish(form_of)

    def look(self) -> Round:
        """Return what is seen now: the clock, and how far the replicas are."""
        ready = self._replicas.ready
        projects = {ref.namespace for ref in self._model.projects.ramps.walks}
        floors = {project: self._model.ledger.floor(project, ready) for project in projects}
        return Round(int(self._clock()), floors, self._paused, self._model.surroundings)

    def _count(self) -> None:
        """Have replicas count the answers that steps wait for, and the users whom runs compare."""
        walks = self._model.projects.ramps.walks
        asked = {(ref.namespace, walk.key): _counting(walk) for ref, walk in walks.items()}
        self._model.admissions.ask({at: found for at, found in asked.items() if found != NOTHING})

    def _tell(self, decision: Decision) -> None:
        log.info("%s: %s", decision.ref, decision, extra={"fields": decision.cloud_event()})
        self._model.metrics.transitions[str(decision.mode), decision.transition.reason] += 1
        entry = self._model.cache.entry(decision.ref)
        if entry is not None:
            self._events.tell(about(decision.ref, entry.uid), decision.reason, str(decision), decision.level)


def _counting(walk: Walk) -> Counting:
    run, splits = walk.sampling
    sampling = Sampling(run, splits) if splits else NOTHING.sampling
    return replace(NOTHING if walk.counting is None else Counting(*walk.counting), sampling=sampling)
