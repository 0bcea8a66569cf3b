"""Library: a shelf for every project and every form in which it is delivered, kept at what is published."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

from flagd.rpc.rulesets.shelf import Shelf
from flagd.ruleset.delivery import deliver

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset
    from flagd.ruleset.delivery import Delivery

Form = frozenset[str] | Literal["whole", "open"]
"""How a ruleset is delivered: ``whole``, as it is; ``open``, to clients without a key; else to those with keys of
these deployments."""
SHELVES = 4096
"""Most shelves; beyond that, the one that was not asked for longest goes."""


class Library:
    """Makes shelves when they are first asked for."""

    def __init__(self, limit_bytes: int) -> None:
        """Hold back updates that are larger than `limit_bytes` before compression."""
        self._limit = limit_bytes
        self._shelves: OrderedDict[tuple[str, Form], Shelf] = OrderedDict()
        self._deliveries: dict[tuple[str, Form], _Delivering] = {}

    async def shelf(self, ruleset: Ruleset, form: Form) -> Shelf:
        """Return the shelf of this project and form, with `ruleset` as the latest."""
        place = (ruleset.project, form)
        delivered = await self._delivered(ruleset, form)
        shelf = self._shelves.get(place)
        if shelf is None:
            shelf = self._shelves[place] = Shelf(self._limit)
            self._shrink()
        self._shelves.move_to_end(place)
        shelf.put(delivered)
        return shelf

    async def _delivered(self, ruleset: Ruleset, form: Form) -> Ruleset:
        if form == "whole":
            return ruleset
        place = (ruleset.project, form)
        delivering = self._deliveries.get(place)
        if delivering is None or delivering.source is not ruleset:
            delivering = self._deliveries[place] = _Delivering(ruleset, form, delivering)
        return (await delivering.result()).edition.ruleset

    def _shrink(self) -> None:
        while len(self._shelves) > SHELVES:
            place, _ = self._shelves.popitem(last=False)
            self._deliveries.pop(place, None)


class _Delivering:
    """One revision on its way into a form; many may wait for it."""

    def __init__(self, source: Ruleset, form: Form, before: _Delivering | None) -> None:
        self.source = source
        self._deployments = form if isinstance(form, frozenset) else None
        previous = None if before is None else before._task
        self._task: asyncio.Task[Delivery] = asyncio.create_task(self._deliver(previous), name="delivery")

    async def result(self) -> Delivery:
        # One waiter that leaves must not take the others' work along.
        return await asyncio.shield(self._task)

    async def _deliver(self, before: asyncio.Task[Delivery] | None) -> Delivery:
        previous = None
        if before is not None:
            await asyncio.wait([before])
            previous = None if before.cancelled() or before.exception() else before.result()
        return await asyncio.to_thread(deliver, self.source, self._deployments, previous)
