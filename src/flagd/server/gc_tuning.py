"""GC tuning: keeps CPython's collector from holding up calls while a ruleset is in use.

A full collection walks through everything that is alive: half a second with 10,000 flags, though nothing of a
ruleset in use is ever garbage.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.engine import Engine
    from flagd.rpc.capacity import Capacity
    from flagd.store import Store

YOUNG_OBJECTS = 20_000
"""New objects between two collections of the young. CPython's own 700 are fewer than the calls of one turn of the
event loop hold, so that each collection walks through calls that still run: a tenth of the cost of a call."""
YOUNG_ROUNDS, MIDDLE_ROUNDS = 50, 100
"""Collections of the young for one of the middle-aged, and of those for a full one."""
RELIEF_SECONDS = 2.0
RELIEF_BYTES = 32 * 1024 * 1024
"""What calls must have held that have ended, before what is left of them is looked for."""
SETTLE_SECONDS = 0.2
"""How long a ruleset that follows another has to reach those who wait for it, before anything is collected."""


async def keep_short(store: Store, settle_seconds: float = SETTLE_SECONDS) -> None:
    """Take every ruleset out of the collector's sight once it is in use; until cancelled.

    What is out of sight is still freed when its last reference goes, which is how rulesets go.
    Nothing is collected before the first ruleset: reading many manifests makes much and drops little.
    """
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
    gc.disable()
    try:
        with store.subscribe() as changed:
            await _follow(store, changed, settle_seconds)
    finally:
        gc.enable()


async def relieve(capacity: Capacity) -> None:
    """Collect what is left of calls that held much, soon after they have ended; until cancelled.

    What is left may be in cycles, and nothing else would collect them for as long as callers allocate little.
    """
    while True:
        await asyncio.sleep(RELIEF_SECONDS)
        if capacity.released > RELIEF_BYTES:
            capacity.relieved()
            gc.collect()
            _trim()


def _trim() -> None:
    """Give what is free of the heap back to the system, where glibc has the heap."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


async def _follow(store: Store, changed: asyncio.Event, settle_seconds: float) -> None:
    seen: list[Engine] | None = None
    while True:
        engines = [snapshot.engine for snapshot in store.snapshots.values()]
        if store.loaded and not _same(engines, seen):
            if seen is not None:  # what came before is out of sight already, so this is short
                await asyncio.sleep(settle_seconds)
                engines = [snapshot.engine for snapshot in store.snapshots.values()]
                gc.collect()
            gc.freeze()
            gc.enable()
            seen = engines
        await changed.wait()
        changed.clear()


def _same(engines: list[Engine], seen: list[Engine] | None) -> bool:
    return seen is not None and [*map(id, engines)] == [*map(id, seen)]
