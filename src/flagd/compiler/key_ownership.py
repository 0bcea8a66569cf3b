"""Claim: who may have a key that several flags and groups want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest.kinds import Flag, FlagGroup

_NEWEST = "~"
"""Sorts after every timestamp: a resource without one is taken for the newest."""


def judge(key: str, claimants: Sequence[Flag | FlagGroup]) -> tuple[Flag | FlagGroup | None, list[Diagnostic]]:
    """Return the owner of `key`, and the findings for the others.

    The oldest resource wins. Where no claimant has an age, as in files, nobody does: which one was
    meant cannot be known, and the order of files must not matter.
    """
    if len(claimants) == 1:
        return claimants[0], []
    ranked = sorted(claimants, key=_seniority)
    if not ranked[0].metadata.creation_timestamp:
        return None, [_conflict(key, each, [other for other in ranked if other is not each]) for each in ranked]
    return ranked[0], [_conflict(key, each, ranked[:1]) for each in ranked[1:]]


def _seniority(resource: Flag | FlagGroup) -> tuple[str, str, str, str]:
    metadata = resource.metadata
    return metadata.creation_timestamp or _NEWEST, metadata.uid, resource.kind, metadata.name


def _conflict(key: str, loser: Flag | FlagGroup, rivals: Sequence[Flag | FlagGroup]) -> Diagnostic:
    names = ", ".join(f"{rival.kind} {rival.metadata.name}" for rival in rivals)
    message = f"the key {key!r} is also used by {names}; keys of flags and groups are unique in a project"
    named = loser.kind == "Flag" and loser.spec.key is not None
    return Diagnostic(Severity.ERROR, "KeyConflict", message, "spec.key" if named else "metadata.name", loser.ref)
