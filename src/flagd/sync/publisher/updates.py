"""Updates: one project's latest ruleset in one form, and the messages that lead to it, each made once for all."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from operator import is_
from typing import TYPE_CHECKING

from flagd.ruleset.hashed_ids import HashedIds
from flagd.ruleset.persistent import Absent, count_changed_shards, difference
from flagd.sync.cohort_entry import hashed_bytes
from flagd.sync.limits import COMPRESSED_BYTES
from flagd.sync.update import compress, make_update
from flagd.v1.ruleset_pb2 import CompressedUpdate, Oversize, SubscribeResponse

if TYPE_CHECKING:
    from flagd.ruleset import Cohort, Ruleset

log = logging.getLogger(__name__)
HISTORY = 8
"""How many revisions are kept, to compute differences from them; they share what is equal."""
HASHED_BYTES = 64 * 1024 * 1024
"""Fewer are kept where the lists of ids in which they differ take more than this."""
FEW_SHARDS = 8
"""Up to so many differing shards of its maps a message is made in the event loop."""


@dataclass(frozen=True, slots=True)
class EncodedUpdate:
    """One message, ready to be sent to anybody who has its base.

    Attributes:
        revision: what it leads to.
        base: what it differs from; "" = everything is in it.
        payload: encoded fields of a SubscribeResponse; empty = it could not be made.
        answered: whether the subscriber answers it by an Ack or a Nack.
    """

    revision: str
    base: str
    payload: bytes
    answered: bool


class Updates:
    """The latest revision, a few before it, and messages from any of those to the latest."""

    def __init__(self, limit_bytes: int) -> None:
        """Hold back updates that are larger than `limit_bytes` before compression."""
        self._limit = limit_bytes
        self._history: OrderedDict[str, Ruleset] = OrderedDict()
        self._encoded: dict[str, asyncio.Future[EncodedUpdate]] = {}
        self._latest = ""

    @property
    def revision(self) -> str:
        """The latest revision."""
        return self._latest

    def put(self, ruleset: Ruleset) -> None:
        """Make `ruleset` the latest."""
        if ruleset.revision == self._latest:
            return
        self._latest = ruleset.revision
        self._history[ruleset.revision] = ruleset
        self._history.move_to_end(ruleset.revision)
        while len(self._history) > HISTORY or self._are_large():
            self._history.popitem(last=False)
        self._encoded = {}

    def _are_large(self) -> bool:
        """Return whether lists of ids that later revisions have no more take too much; the last two always stay."""
        pairs = pairwise(self._history.values())
        spent = [sum(map(_hashed_size, difference(other.cohorts, one.cohorts, is_).values())) for one, other in pairs]
        return len(spent) > 1 and sum(spent) > HASHED_BYTES

    async def encoded(self, base: str) -> EncodedUpdate:
        """Return what leads from revision `base` to the latest; all of it where `base` is not known any more."""
        before = self._history.get(base)
        encoded = self._encoded.get(before.revision if before else "")
        if encoded is None:
            encoded = self._encoded[before.revision if before else ""] = self._begin(before)
        # Others wait for the same: one that leaves must not take it along.
        return await asyncio.shield(encoded)

    def _begin(self, before: Ruleset | None) -> asyncio.Future[EncodedUpdate]:
        latest = self._history[self._latest]
        if before is None or not _differs_little(before, latest):
            return asyncio.create_task(asyncio.to_thread(_make, before, latest, self._limit), name="encoded")
        made: asyncio.Future[EncodedUpdate] = asyncio.get_running_loop().create_future()
        made.set_result(_make(before, latest, self._limit))
        return made


def _hashed_size(cohort: Cohort | Absent) -> int:
    return 0 if isinstance(cohort, Absent) or not isinstance(cohort.members, HashedIds) else cohort.members.size


def _differs_little(before: Ruleset, after: Ruleset) -> bool:
    """Return whether the message between two revisions takes less time to make than to hand to a thread."""
    if count_changed_shards(before.cohorts, after.cohorts):
        return False
    pairs = (
        (before.flags, after.flags),
        (before.visibility, after.visibility),
        (before.deployments, after.deployments),
    )
    return sum(count_changed_shards(one, other) for one, other in pairs) <= FEW_SHARDS


def _make(before: Ruleset | None, after: Ruleset, limit: int) -> EncodedUpdate:
    base = before.revision if before else ""
    try:
        update = make_update(before, after)
        size = update.ByteSize()
        if size > limit:
            return _oversize(after, size, limit)
        data = update.SerializeToString()
    except ValueError as error:
        log.error("project %s: revision %s cannot be sent: %s", after.project, after.revision, error)
        return EncodedUpdate(after.revision, base, b"", answered=False)
    response = SubscribeResponse()
    if size - hashed_bytes(update) > COMPRESSED_BYTES:
        packed = CompressedUpdate(project=after.project, revision=after.revision, gzip=compress(data))
        response.compressed_update.CopyFrom(packed)
    else:
        response.update.CopyFrom(update)
    return EncodedUpdate(after.revision, base, response.SerializeToString(), answered=True)


def _oversize(ruleset: Ruleset, size: int, limit: int) -> EncodedUpdate:
    log.error(
        "project %s: revision %s is not sent: %d bytes, at most %d", ruleset.project, ruleset.revision, size, limit
    )
    message = Oversize(project=ruleset.project, revision=ruleset.revision, size=size, limit=limit)
    return EncodedUpdate(ruleset.revision, "", SubscribeResponse(oversize=message).SerializeToString(), answered=False)
