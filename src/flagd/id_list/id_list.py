"""IdList: the ids of one list at one time, and whether the next reading of it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.ruleset.hashed_ids import HashedIds

MOST_IDS = 10_000_000
"""Most ids of a list."""
FEW_IDS = 20
"""A list of fewer may lose half of them: then that is daily life."""


class ListError(Exception):
    """A list cannot be used. The message says what is wrong and where, without an id from it."""


@dataclass(frozen=True, slots=True)
class IdList:
    """A list as it was read.

    Attributes:
        ids: who is on it.
        as_of: since when it is as it is, in seconds since 1970.
    """

    ids: HashedIds
    as_of: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What a cohort has for its list.

    Attributes:
        held: the last good list; None where there is none yet.
        fault: why a newer one is not used, or none is there; empty where all is well.
    """

    held: IdList | None = None
    fault: str = ""

    def after(self, read: IdList | ListError, *, may_shrink: bool) -> Supply:
        """Return the supply once the list was `read` again, or could not be.

        The last good one stays where the new one holds less than half of it, unless it `may_shrink`.
        """
        if isinstance(read, ListError):
            return Supply(self.held, str(read))
        before = self.held
        if before is None or may_shrink or not _is_halved(len(before.ids), len(read.ids)):
            return Supply(before if before is not None and before.ids == read.ids else read)
        text = f"holds {len(read.ids):,} ids where it held {len(before.ids):,}: if that is meant, set mayShrink: true"
        return Supply(before, text)


def _is_halved(before: int, after: int) -> bool:
    return after * 2 < before and (before >= FEW_IDS or not after)
