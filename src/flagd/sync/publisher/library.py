"""Library: a shelf for every project and every form in which it is delivered, kept at what is published."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

from flagd.rpc.client_rulesets import Deliveries
from flagd.sync.publisher.update_cache import Shelf

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset

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
        self._deliveries = Deliveries()

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
        return await self._deliveries.deliver(ruleset, None if form == "open" else form)

    def _shrink(self) -> None:
        while len(self._shelves) > SHELVES:
            (project, form), _ = self._shelves.popitem(last=False)
            self._deliveries.forget(project, form if isinstance(form, frozenset) else None)
