"""Stamps: which files need not be read again, since the file system says that they are as they were."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from flagd.manifest.reading.files import FoundFile, Stamp

SETTLED_SECONDS = 2.0
"""How long ago a file must have changed for its times to be believed: two writes within one tick have the same."""


class Stamps:
    """What was read, by name, with what the file system said of it just before."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._known: dict[str, Stamp] = {}

    def is_same(self, found: FoundFile) -> bool:
        """Return whether `found` is surely as it was; where it is not, it is to be read now, and is known then."""
        is_settled = bool(found.stamp) and self._clock() - max(found.stamp[-2:]) / 1e9 > SETTLED_SECONDS
        is_same = is_settled and self._known.get(found.name) == found.stamp
        self._known[found.name] = found.stamp if is_settled else ()
        return is_same

    def forget(self, name: str) -> None:
        """Have `name` read again in any case: it could not be read, which no time of it tells of."""
        self._known.pop(name, None)

    def keep(self, names: Container[str]) -> None:
        """Forget all but `names`."""
        for name in [name for name in self._known if name not in names]:
            del self._known[name]
