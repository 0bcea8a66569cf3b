"""News: tells what was told already, by canonical form, for a day. Of so many forms the least recent are forgotten."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from flagd.tracking.given import Outcome

CAPACITY = 65_536
"""Most canonical forms that are remembered."""
SECONDS = 24 * 3600.0
"""How long one is remembered since it was last met."""
FRESH_SECONDS = 60.0
"""How exactly it is known when a form was last met: lookups in between cost less. What is told twice counts once."""
_NEVER = float("-inf")
Short = tuple[str | None, str | None, str, str]
"""User id, device id, flag and variant: compared first, because they cost less than the canonical form."""


class Met:
    """One canonical form, and until when it has been met just now; never, once it is forgotten."""

    __slots__ = ("canonical", "fresh_until")

    def __init__(self, canonical: str, fresh_until: float) -> None:
        self.canonical = canonical
        self.fresh_until = fresh_until


class IsRepeat(Protocol):
    """What `News.repeats` returns."""

    def __call__(
        self, context: Mapping[str, Any], flag_key: str, variant: Outcome, recent: Recent | None = None
    ) -> bool:
        """Return whether a user is known to have met a variant of a flag; then it is met, and stands in `recent`."""


Recent = dict[str, tuple[str, IsRepeat, Met]]
"""What a user has met, by flag key: the variant, what knows of it, and until when that need not be asked again."""


class News:
    """Asked by any thread. What is known already costs no lock."""

    def __init__(
        self, capacity: int = CAPACITY, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = capacity
        self._rest = seconds - FRESH_SECONDS
        self._clock = clock
        self._met: OrderedDict[str, Met] = OrderedDict()
        self._short: dict[Short, Met] = {}
        self._lock = threading.Lock()

    def is_news(self, canonical: str, short: Short | None = None) -> bool:
        """Return whether `canonical` was not met within the time; it is met now, and so is `short`."""
        with self._lock:
            now = self._clock()
            met = self._met.get(canonical)
            if met is None:
                met = self._met[canonical] = Met(canonical, _NEVER)
            is_news, met.fresh_until = now - met.fresh_until > self._rest, now + FRESH_SECONDS
            self._met.move_to_end(canonical)
            if len(self._met) > self._capacity:
                self._met.popitem(last=False)[1].fresh_until = _NEVER
            if short is not None:
                self._shorten(short, met)
        return is_news

    def repeats(self) -> IsRepeat:
        """Return what tells of a context, a flag and a variant whether that is known to have been met; it is met then.

        A closure, since lookups of a program that tracks ask it, unless `Recent` tells them.
        """
        short, move, clock, rest = self._short.get, self._met.move_to_end, self._clock, self._rest

        def is_repeat(
            context: Mapping[str, Any], flag_key: str, variant: Outcome, recent: Recent | None = None
        ) -> bool:
            try:
                user = context["user"]
                met = short((user.get("user_id"), user.get("device_id"), flag_key, variant.key))
                if met is None:
                    return False
                now = clock()
                late = now - met.fresh_until
                if late > rest:
                    return False
                if late >= 0:
                    move(met.canonical)
                    met.fresh_until = now + FRESH_SECONDS
            except (KeyError, TypeError):  # no user, an id that is a list, or another thread has just had it forgotten
                return False
            if recent is not None:
                recent[flag_key] = variant.key, is_repeat, met
            return True

        return is_repeat

    def heal(self) -> None:
        """Take in a fork: the lock may be held by a thread that is gone."""
        self._lock = threading.Lock()

    def _shorten(self, short: Short, met: Met) -> None:
        if len(self._short) >= self._capacity:
            self._short.clear()  # those still in use are soon back
        self._short[short] = met
