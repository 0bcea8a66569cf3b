"""Collector: keeps CPython's garbage collector from walking through a ruleset while it is made.

Nothing of it is garbage yet, and a walk through 10,000 flags holds up every thread for tenths of a second.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Collect nothing inside; what was made is among the old objects afterwards, without a walk through it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # else the program has frozen objects of its own, which must stay so
            gc.freeze()
            gc.unfreeze()
        if was_enabled:
            gc.enable()
