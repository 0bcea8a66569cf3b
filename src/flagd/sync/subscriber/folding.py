"""Folding: an update and the ruleset that is held make the next one, or an error that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from flagd.ruleset import RulesetError
from flagd.snapshot import Snapshot
from flagd.sync.limits import COMPRESSED_BYTES, UPDATE_BYTES
from flagd.sync.update import apply_update, decompress
from flagd.v1.ruleset_pb2 import Update

if TYPE_CHECKING:
    from flagd.ruleset.hashed_ruleset import HashedRuleset
    from flagd.v1.ruleset_pb2 import CompressedUpdate, FollowResponse, SubscribeResponse


def subject(response: SubscribeResponse) -> tuple[str, str] | None:
    """Return the project that a message is about and the revision that it leads to; "" = the project is gone.

    None = the message is not to be answered by an Ack or a Nack.
    """
    match response.WhichOneof("message"):
        case "update":
            return response.update.project, response.update.revision
        case "compressed_update":
            return response.compressed_update.project, response.compressed_update.revision
        case "removal":
            return response.removal.project, ""
    return None


def fold(response: SubscribeResponse | FollowResponse, held: HashedRuleset) -> HashedRuleset:
    """Return what the update in `response` makes of `held`, compressed or not.

    Raises:
        UnknownBaseError: it differs from a revision other than that of `held`.
        RulesetError: it is damaged or too large, or its content is not what it says.
    """
    return apply_update(_open(response), held)


def take(
    response: SubscribeResponse | FollowResponse, held: HashedRuleset, before: Snapshot | None, as_of: float
) -> tuple[HashedRuleset, Snapshot]:
    """Return what `fold` makes of `held`, and the same ready to answer from. Raises as `fold` does.

    Flags that `before` has already are not compiled again. `as_of` is in seconds since 1970.
    """
    hashed = fold(response, held)
    return hashed, Snapshot.make(hashed.ruleset, before, as_of)


def is_quick(response: SubscribeResponse | FollowResponse) -> bool:
    """Return whether folding takes less time than handing it to a thread: a few flags that differ."""
    update = response.update
    whole = not update.base_revision
    return not (whole or update.cohorts or update.removed_cohorts) and update.ByteSize() <= COMPRESSED_BYTES


def _open(response: SubscribeResponse | FollowResponse) -> Update:
    if response.HasField("update"):
        return response.update
    return _unpack(response.compressed_update)


def _unpack(packed: CompressedUpdate) -> Update:
    try:
        update = Update.FromString(decompress(packed.gzip, UPDATE_BYTES))
    except DecodeError as error:
        raise RulesetError("the compressed update is not an Update") from error
    if (update.project, update.revision) != (packed.project, packed.revision):
        raise RulesetError("the compressed update leads to another project or revision than it says")
    return update
