"""Rivalry: whether somebody else writes the statuses that are ours, and how long an object is left alone then.

A second installation that sees the same resources and knows less, or more, finds each status of ours wrong and
puts its own there, as we do: without a bound that would be as many writes as there is time for.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from flagd.backoff import Backoff
from flagoperator.reconcile.authority.ownership import ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.manifest import ResourceRef

FREE = 2
"""Writes of others that are put right at once: a hand that slipped, a restore."""
REST = Backoff(4, 300)
"""How long an object is left alone that others write again and again."""
FORGOTTEN_SECONDS = 900.0
"""After so long without another, a write of somebody else is the first again."""
MOST = 50_000
"""Objects of which it is remembered what was written."""


@dataclass(frozen=True, slots=True)
class Loss:
    """How often somebody else wrote what was ours.

    Attributes:
        count: how often in succession.
        at: when we noticed last, and put ours there again, in seconds of the monotonic clock.
    """

    count: int
    at: float

    @property
    def until(self) -> float:
        """Until when it is left as it is now."""
        extra = self.count - FREE
        return self.at + (REST.seconds(extra) if extra > 0 else 0.0)


class Rivalry:
    """What was written last of each object, and what became of it."""

    def __init__(self) -> None:
        self._written: OrderedDict[ResourceRef, tuple[str, int]] = OrderedDict()
        self._losses: dict[ResourceRef, Loss] = {}
        self.overwritten = 0
        """How often somebody else wrote what was ours."""

    @property
    def contested(self) -> int:
        """How many objects are written by somebody else again and again."""
        return sum(each.count > FREE for each in self._losses.values())

    def wrote(
        self, ref: ResourceRef, uid: str, before: Mapping[str, Any], after: Mapping[str, Any], now: float
    ) -> bool:
        """Note that `after` was written over `before`; return whether `before` was somebody else's."""
        known, self._written[ref] = self._written.get(ref), (uid, _digest(after))
        self._written.move_to_end(ref)
        while len(self._written) > MOST:
            self.forget(next(iter(self._written)))
        if known is None or known == (uid, _digest(before)) or known[0] != uid:
            return False
        loss = self._losses.get(ref)
        count = loss.count + 1 if loss is not None and now - loss.at < FORGOTTEN_SECONDS else 1
        self._losses[ref] = Loss(count, now)
        self.overwritten += 1
        return True

    def rest(self, ref: ResourceRef, now: float) -> float:
        """Return how many seconds `ref` is to be left as it is; 0 = it may be written."""
        loss = self._losses.get(ref)
        if loss is not None and now - loss.at > FORGOTTEN_SECONDS:
            del self._losses[ref]
            return 0.0
        return 0.0 if loss is None else max(0.0, loss.until - now)

    def forget(self, ref: ResourceRef) -> None:
        """Note that `ref` is gone."""
        self._written.pop(ref, None)
        self._losses.pop(ref, None)

    def clear(self) -> None:
        """Note that others write by right now: we do not lead."""
        self._written.clear()
        self._losses.clear()


def _digest(status: Mapping[str, Any]) -> int:
    return hash(orjson.dumps(ours(status), option=orjson.OPT_SORT_KEYS))
