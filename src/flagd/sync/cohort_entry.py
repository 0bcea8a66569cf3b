"""CohortEntry: a cohort as a message, and back; of a long list only what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.ruleset import Cohort, RulesetError
from flagd.ruleset.hashed_ids import HashedIds, read_hashes, write_hashes
from flagd.v1.ruleset_pb2 import CohortEntry, HashedMembers

if TYPE_CHECKING:
    from flagd.v1.ruleset_pb2 import Update


def cohort_entry(name: str, cohort: Cohort, before: Cohort | None) -> CohortEntry:
    """Return the entry that makes `cohort` of what it was `before` in the base revision, or of nothing."""
    if not isinstance(cohort.members, HashedIds):
        return CohortEntry(id=name, unit=cohort.unit, members=sorted(cohort.members))
    known = before.members if before is not None and isinstance(before.members, HashedIds) else None
    return CohortEntry(id=name, unit=cohort.unit, hashed_members=_hashed(cohort.members, known, cohort.as_of))


def read_cohort(entry: CohortEntry, before: Cohort | None) -> Cohort:
    """Return the cohort that `entry` makes of what it was `before`.

    Raises:
        RulesetError: the hashes are not in order, or the entry changes a list that is not held.
    """
    if not entry.HasField("hashed_members"):
        return Cohort(entry.unit, frozenset(entry.members))
    message = entry.hashed_members
    try:
        return Cohort(entry.unit, _ids(message, before), message.as_of)
    except ValueError as error:
        raise RulesetError(f"the list of the cohort {entry.id!r}: {error}") from error


def hashed_bytes(update: Update) -> int:
    """Return how many bytes of `update` are hashes, which cannot be compressed."""
    messages = [each.hashed_members for each in update.cohorts]
    return sum(len(each.added) + len(each.removed) for each in messages)


def _hashed(ids: HashedIds, before: HashedIds | None, as_of: int) -> HashedMembers:
    if before is not None:
        gone, new = before.difference(ids)
        if len(gone) + len(new) <= len(ids):
            return HashedMembers(as_of=as_of, change=True, added=write_hashes(new), removed=write_hashes(gone))
    return HashedMembers(as_of=as_of, added=ids.to_bytes())


def _ids(message: HashedMembers, before: Cohort | None) -> HashedIds:
    if not message.change:
        return HashedIds.from_bytes(message.added)
    if before is None or not isinstance(before.members, HashedIds):
        raise ValueError("the update changes a list that is not held")
    return before.members.changed(read_hashes(message.removed), read_hashes(message.added))
