"""Update: a change of a ruleset as a message, and back, checked against the revision it promises.

What is read comes from a peer: it is bounded in size by the transport, checked in shape, and believed
only when the result has the revision that the message says.
"""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flagd.ruleset import RulesetError, canonical_json
from flagd.ruleset.change import Change, find_change
from flagd.ruleset.forms.jsonform import deployments_from_json, flags_from_json
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import ABSENT, Absent
from flagd.ruleset.revision import hash_json
from flagd.ruleset.sharing import Sharing
from flagd.sync.cohort_entry import cohort_entry, read_cohort
from flagd.v1.ruleset_pb2 import DeploymentEntry, FlagEntry, Update

try:
    import orjson
except ImportError:  # a client has no need to read quickly
    _quick = None
else:
    _quick = orjson.loads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flagd.ruleset import Cohort, EvaluationFlag, Ruleset
    from flagd.ruleset.deployment import Deployment

_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 1


class UnknownBaseError(RulesetError):
    """The update differs from a revision that is not held."""


def make_update(before: Ruleset | None, after: Ruleset) -> Update:
    """Return what turns `before` into `after`; None = what makes `after` from nothing."""
    change = find_change(before or HashedRuleset.empty(after.project).ruleset, after)
    changed = sorted({*change.flags, *change.visibility} & after.flags.keys())
    return Update(
        project=after.project,
        revision=after.revision,
        base_revision=before.revision if before else "",
        flags=[_flag_entry(after, key) for key in changed],
        removed_flags=_removed(change.flags),
        cohorts=[
            cohort_entry(name, one, before.cohorts.get(name) if before else None)
            for name, one in sorted(change.cohorts.items())
            if not isinstance(one, Absent)
        ],
        removed_cohorts=_removed(change.cohorts),
        deployments=[
            DeploymentEntry(name=name, type=one.type, key_hashes=sorted(one.key_hashes))
            for name, one in sorted(change.deployments.items())
            if not isinstance(one, Absent)
        ],
        removed_deployments=_removed(change.deployments),
    )


def apply_update(update: Update, held: HashedRuleset) -> HashedRuleset:
    """Return what `update` makes of `held`; parts that do not differ are the same objects in both.

    Raises:
        UnknownBaseError: the update differs from a revision other than that of `held`.
        RulesetError: it is malformed, or the result has not the revision that it says.
    """
    if update.base_revision and update.base_revision != held.ruleset.revision:
        raise UnknownBaseError(f"revision {update.base_revision} is not held, but {held.ruleset.revision}")
    edition = held.changed(_change(update, held))
    if edition.ruleset.revision != update.revision:
        raise RulesetError(f"the content is that of revision {edition.ruleset.revision}, not {update.revision}")
    return edition


def compress(data: bytes) -> bytes:
    """Return `data` in gzip, quickly."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    return packer.compress(data) + packer.flush()


def decompress(data: bytes, limit: int) -> bytes:
    """Return what `compress` was given.

    Raises:
        RulesetError: it is damaged, or larger than `limit` bytes.
    """
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        unpacked = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise RulesetError("the compressed update is damaged") from error
    if len(unpacked) > limit:
        raise RulesetError(f"the update is larger than {limit} bytes")
    if not unpacker.eof:
        raise RulesetError("the compressed update is cut short")
    return unpacked


def _flag_entry(ruleset: Ruleset, key: str) -> FlagEntry:
    seen_by = sorted(ruleset.visibility.get(key, ()))
    return FlagEntry(key=key, json=canonical_json(ruleset.flags[key]), deployments=seen_by)


def _removed(changes: Mapping[str, object]) -> list[str]:
    return sorted(name for name, value in changes.items() if value is ABSENT)


def _change(update: Update, held: HashedRuleset) -> Change:
    whole, before = not update.base_revision, held.ruleset
    flags: dict[str, EvaluationFlag | Absent] = dict(_gone(update.removed_flags))
    visibility: dict[str, frozenset[str] | Absent] = dict(_gone(update.removed_flags))
    cohorts: dict[str, Cohort | Absent] = dict(_gone(update.removed_cohorts))
    deployments: dict[str, Deployment | Absent] = dict(_gone(update.removed_deployments))
    if whole:
        flags |= _gone(before.flags.keys() - {entry.key for entry in update.flags})
        visibility |= _gone(before.visibility.keys() - {entry.key for entry in update.flags})
        cohorts |= _gone(before.cohorts.keys() - {entry.id for entry in update.cohorts})
        deployments |= _gone(before.deployments.keys() - {entry.name for entry in update.deployments})
    sharing, hashes = Sharing(), {}
    for entry in update.flags:
        content = sha256(entry.json).digest()
        if not held.digest.holds(("flag", entry.key), content):
            value = _parsed_quickly(entry, content)
            if value is not None:
                hashes[entry.key] = content
            flags[entry.key] = _flag(entry, _parsed(entry, sharing) if value is None else value, sharing)
        visibility[entry.key] = frozenset(entry.deployments) or ABSENT
    for each in update.cohorts:
        known = before.cohorts.get(each.id)
        cohort = read_cohort(each, None if whole else known)
        cohorts[each.id] = known if known == cohort else cohort
    deployments |= _deployments(update.deployments)
    return Change(flags, visibility, cohorts, deployments, hashes)


def _gone(names: Collection[str]) -> dict[str, Absent]:
    return dict.fromkeys(names, ABSENT)


def _flag(entry: FlagEntry, value: object, sharing: Sharing) -> EvaluationFlag:
    flag = flags_from_json([value]).get(entry.key)
    if flag is None:
        raise RulesetError(f"the entry {entry.key!r} holds another flag")
    sharing.share(flag)
    return flag


def _parsed_quickly(entry: FlagEntry, content: bytes) -> Any:  # noqa: ANN401
    """Return the value whose canonical JSON the entry is, by `content`; None where it may be another."""
    if _quick is None:
        return None
    with suppress(ValueError):  # half of a surrogate pair
        value = _quick(entry.json)
        if hash_json(value) == content:
            return value
    return None


def _parsed(entry: FlagEntry, sharing: Sharing) -> Any:  # noqa: ANN401
    try:
        return json.loads(entry.json, object_pairs_hook=sharing.named)  # exact for integers of any size
    except (ValueError, RecursionError) as error:
        raise RulesetError(f"the flag {entry.key!r} is not JSON") from error


def _deployments(entries: Collection[DeploymentEntry]) -> dict[str, Deployment]:
    return deployments_from_json(
        {entry.name: {"type": entry.type, "keyHashes": list(entry.key_hashes)} for entry in entries}
    )
