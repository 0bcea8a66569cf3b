"""Measurer: has Prometheus asked what the guards of rollouts want to know, each at its interval."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.manifest import Flag
from flagoperator.prometheus.reading import NoAnswer, Reading
from flagoperator.rollout import Measurement, Mode, due_guards
from flagoperator.rollout.guards.judgement import measured, missed_ages
from flagoperator.run.measuring.comparer import Comparer, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.lease import Lease
    from flagoperator.prometheus.client import Prometheus
    from flagoperator.reconcile.ramps import Walk
    from flagoperator.rollout import Guard, Run
    from flagoperator.run.model import Model

LOOK_SECONDS = 1.0
MOST_LOOKS = 100
"""Looks of a comparison that wait to be taken in, which takes a second."""
_NO_SERVER = Reading(trouble="the operator knows no Prometheus; run it with --prometheus-url")


class Measurer:
    """Of two operators, the one that decides measures."""

    def __init__(
        self, model: Model, lease: Lease, clock: Callable[[], float], connect: Callable[[], Prometheus | None]
    ) -> None:
        """`connect` makes the client of Prometheus; None = there is none. `clock` returns seconds since 1970."""
        self._model = model
        self._lease = lease
        self._clock = clock
        self._connect = connect
        self._prometheus: Prometheus | None = None
        self._comparer: Comparer | None = None
        self._asked: set[tuple[ResourceRef, str]] = set()

    async def run(self) -> None:
        """Measure what is due, every second, until cancelled."""
        self._prometheus = self._connect()
        self._comparer = None if self._prometheus is None else Comparer(self._prometheus)
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    for ref, walk, run, guard in list(self._due()) if self._lease.leads else ():
                        self._asked.add((ref, guard.name))
                        tasks.create_task(self._measure(ref, walk, run, guard), name=f"guard {guard.name} of {ref}")
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            if self._prometheus is not None:
                await self._prometheus.close()

    def _due(self) -> Iterator[tuple[ResourceRef, Walk, Run, Guard]]:
        walks, surroundings = self._model.projects.ramps.walks, self._model.surroundings
        now = float(int(self._clock()))
        running = {ref: run for ref, walk in walks.items() if (run := _running(walk)) is not None}
        surroundings.keep(running)
        if self._comparer is not None:
            self._comparer.keep(running)
        for ref, run in running.items():
            for guard in due_guards(measured(run, surroundings.measurements(ref, run)), now):
                if (ref, guard.name) not in self._asked:
                    yield ref, walks[ref], run, guard

    async def _measure(self, ref: ResourceRef, walk: Walk, run: Run, guard: Guard) -> None:
        try:
            at = float(int(self._clock()))
            if guard.comparison is not None:
                found = await self._compare(
                    Question(ref, walk.key, guard.name, guard.comparison, guard.interval), run, at
                )
            else:
                missed = await self._missed(ref, walk, run, guard, at)
                found = replace(_worst(guard, at, await self._read(ref, walk, guard)), missed=missed)
            self._model.surroundings.take(ref, run, guard, found)
        finally:
            self._asked.discard((ref, guard.name))

    async def _compare(self, question: Question, run: Run, at: float) -> Measurement:
        """Return what a comparison counted since the looks that the state of `run` has."""
        told = self._model.surroundings.measurements(question.ref, run)
        known = next((each.compared for each in measured(run, told).guards if each.name == question.guard), None)
        last = told.get(question.guard)
        looks = () if last is None else last.looks
        if self._comparer is None:
            return Measurement(at, trouble=_NO_SERVER.trouble, looks=looks)
        try:
            found = await self._comparer.look(question, None if known is None else known.until)
        except NoAnswer as error:
            self._model.metrics.queries["error"] += 1
            return Measurement(at, trouble=str(error), is_empty=error.is_empty, looks=looks)
        self._model.metrics.queries["number"] += 1
        return Measurement(at, trouble=found.remark, looks=(*looks, *found.looks)[-MOST_LOOKS:])

    async def _missed(
        self, ref: ResourceRef, walk: Walk, run: Run, guard: Guard, now: float
    ) -> tuple[Measurement, ...]:
        """Return what the guard would have given while nobody measured, as after a restart; only what has a number."""
        ages = missed_ages(measured(run, self._model.surroundings.measurements(ref, run)), guard, now)
        if self._prometheus is None or not ages:
            return ()
        readings = await self._prometheus.recall_each(guard.query, walk.key, ref.namespace, self._variants(ref), ages)
        found = (_worst(guard, now - age, each) for age, each in zip(ages, readings, strict=True))
        return tuple(each for each in found if each.value is not None)

    def _variants(self, ref: ResourceRef) -> list[str]:
        entry = self._model.cache.entry(ref)
        resource = None if entry is None else entry.resource
        return [each.key for each in resource.spec.variants] if isinstance(resource, Flag) else []

    async def _read(self, ref: ResourceRef, walk: Walk, guard: Guard) -> Sequence[Reading]:
        if self._prometheus is None:
            return [_NO_SERVER]
        readings = await self._prometheus.measure_each(guard.query, walk.key, ref.namespace, self._variants(ref))
        for each in readings:
            self._model.metrics.queries["number" if each.value is not None else "error"] += 1
        return readings


def _worst(guard: Guard, at: float, readings: Sequence[Reading]) -> Measurement:
    return guard.worst([Measurement(at, each.value, each.trouble, each.is_empty) for each in readings])


def _running(walk: Walk) -> Run | None:
    return None if walk.state.mode is Mode.ROLLED_BACK else walk.state.run
