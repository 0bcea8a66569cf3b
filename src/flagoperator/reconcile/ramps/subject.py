"""Subject: a flag of the cluster as its rollout sees it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flagd.manifest import thousandths
from flagoperator.rollout import REST, Allocation, Share, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.manifest import Flag
    from flagoperator.reconcile.entry import Entry
    from flagoperator.rollout import Ramp, Shares

_HASH = 16
"""Hexadecimal digits of a hash in a status."""
_CONDITIONS = {"match", "any_of", "segment_refs"}


def allocations_of(flag: Flag) -> tuple[Allocation, ...]:
    """Return the allocations of `flag` with their goals; an inactive flag has none above 0."""
    spec = flag.spec
    rest = 0 if spec.all_other_users is None else thousandths(spec.all_other_users.percent)
    found = [
        Allocation(each.name, thousandths(each.rollout.percent), _hash(each.model_dump_json(include=_CONDITIONS)))
        for each in spec.segments
    ]
    all_of_them = [*found, Allocation(REST, rest)]
    return tuple(each if spec.active else Allocation(each.name, 0, each.conditions) for each in all_of_them)


def subject_of(entry: Entry, flag: Flag, ramp: Ramp | None, measured: bytes) -> Subject:
    """Return `flag`, of which `entry` tells, for its rollout; `measured` hashes all but its percents."""
    allocations = allocations_of(flag)
    goals = ",".join(f"{each.name}={each.goal}" for each in allocations)
    content = f"{measured.hex()}\n{goals}"
    digest = _hash(f"{content}\n{ramp.own if ramp is not None else ''}")
    return Subject(entry.uid, digest, allocations, ramp, entry.asked, _hash(content))


def shares_of(flag: Flag, reached: Mapping[str, int]) -> Shares:
    """Return where the allocations of `flag` stand, by how far each was `reached`."""
    return tuple(Share(each.name, reached.get(each.name, 0), each.conditions) for each in allocations_of(flag))


def by_name(shares: Iterable[Share]) -> dict[str, int]:
    """Return the percents of `shares` by name, in units of 0.001 %."""
    return {each.name: each.percent for each in shares}


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
