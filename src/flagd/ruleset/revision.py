"""Revision: the content hash of a ruleset, in two levels so that one change costs one branch.

A leaf is the SHA-256 of the canonical JSON of one flag, cohort, deployment or visibility. Leaves are
spread over 256 branches by their name; the revision is the SHA-256 over the branches.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

from flagd.ruleset.canonical import canonical_json
from flagd.ruleset.forms.jsonform import cohort_to_json, deployment_to_json
from flagd.ruleset.hashed_ids import HashedIds
from flagd.ruleset.persistent import ABSENT, Absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.deployment import Deployment
    from flagd.ruleset.flag import EvaluationFlag

BRANCHES = 256
_EMPTY = sha256(b"").digest()

Leaf = tuple[str, str]
"""What a hash is of: ``flag``, ``visibility``, ``cohort`` or ``deployment``, and its name."""


class Digest:
    """The hash of everything in a ruleset. Immutable: a change makes a new one that shares the rest."""

    __slots__ = ("_branches", "_leaves")

    def __init__(self) -> None:
        self._leaves: tuple[dict[Leaf, bytes], ...] = ({},) * BRANCHES
        self._branches: tuple[bytes, ...] = (_EMPTY,) * BRANCHES

    @property
    def revision(self) -> str:
        """The content hash, 64 hexadecimal digits."""
        return sha256(b"".join(self._branches)).hexdigest()

    def holds(self, leaf: Leaf, value: bytes) -> bool:
        """Whether `value` is the hash of `leaf`."""
        name = _name(leaf)
        return self._leaves[crc32(name) % BRANCHES].get(leaf) == sha256(name + value).digest()

    def changed(self, changes: Mapping[Leaf, bytes | Absent]) -> Digest:
        """Return the digest with the hashes in `changes`; `ABSENT` takes one out."""
        leaves, branches = list(self._leaves), list(self._branches)
        copied: set[int] = set()
        for leaf, value in changes.items():
            name = _name(leaf)
            index = crc32(name) % BRANCHES
            content = None if isinstance(value, Absent) else sha256(name + value).digest()
            if leaves[index].get(leaf) == content:
                continue
            if index not in copied:
                copied.add(index)
                leaves[index] = leaves[index].copy()
            if content is None:
                leaves[index].pop(leaf, None)
            else:
                leaves[index][leaf] = content
        for index in copied:
            branches[index] = _hash_branch(leaves[index])
        if not copied:
            return self
        made = Digest()
        made._leaves, made._branches = tuple(leaves), tuple(branches)
        return made


def hash_json(value: object) -> bytes:
    """Return the SHA-256 of the canonical JSON of `value`."""
    return sha256(canonical_json(value)).digest()


def hash_cohort(cohort: Cohort) -> bytes:
    """Return the hash of a cohort, whatever the order of its members."""
    if isinstance(cohort.members, HashedIds):
        return hash_json({"unit": cohort.unit, "asOf": cohort.as_of, "sha256": cohort.members.digest.hex()})
    return hash_json(cohort_to_json(cohort))


def hash_deployment(deployment: Deployment) -> bytes:
    """Return the hash of a deployment."""
    return hash_json(deployment_to_json(deployment))


def hash_visibility(deployments: frozenset[str]) -> bytes | Absent:
    """Return the hash of the deployments that see a flag; no entry where there are none."""
    return hash_json(sorted(deployments)) if deployments else ABSENT


def compute_revision(
    flags: Mapping[str, EvaluationFlag],
    cohorts: Mapping[str, Cohort],
    deployments: Mapping[str, Deployment],
    visibility: Mapping[str, frozenset[str]],
) -> str:
    """Return the revision of these contents, recomputed."""
    return compute_digest(flags, cohorts, deployments, visibility).revision


def compute_digest(
    flags: Mapping[str, EvaluationFlag],
    cohorts: Mapping[str, Cohort],
    deployments: Mapping[str, Deployment],
    visibility: Mapping[str, frozenset[str]],
) -> Digest:
    """Return the digest of these contents, recomputed."""
    leaves: dict[Leaf, bytes | Absent] = {("flag", key): hash_json(flag) for key, flag in flags.items()}
    leaves |= {("cohort", name): hash_cohort(cohort) for name, cohort in cohorts.items()}
    leaves |= {("deployment", name): hash_deployment(deployment) for name, deployment in deployments.items()}
    leaves |= {("visibility", key): hash_visibility(names) for key, names in visibility.items()}
    return Digest().changed(leaves)


def _hash_branch(leaves: dict[Leaf, bytes]) -> bytes:
    return sha256(b"".join(sorted(leaves.values()))).digest()


def _name(leaf: Leaf) -> bytes:
    kind, name = leaf
    return f"{kind} {len(name)} {name} ".encode("utf-8", "surrogatepass")
