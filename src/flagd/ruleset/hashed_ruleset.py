"""HashedRuleset: a ruleset with the hashes of its parts, so that the next one costs what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flagd.ruleset.forms.jsonform import RulesetError
from flagd.ruleset.persistent import Absent, PersistentMap
from flagd.ruleset.revision import (
    Digest,
    compute_digest,
    hash_cohort,
    hash_deployment,
    hash_json,
    hash_visibility,
)
from flagd.ruleset.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flagd.ruleset.change import Change
    from flagd.ruleset.revision import Leaf

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class HashedRuleset:
    """One revision, ready to be changed. Never changed itself.

    Attributes:
        ruleset: the revision; its maps are persistent ones.
        digest: the hashes of its parts.
    """

    ruleset: Ruleset
    digest: Digest

    @classmethod
    def empty(cls, project: str) -> HashedRuleset:
        """Return the hashed form of `project` that holds nothing."""
        digest = Digest()
        nothing: Any = PersistentMap()
        return cls(Ruleset(project, nothing, nothing, nothing, nothing, digest.revision), digest)

    @classmethod
    def of(cls, ruleset: Ruleset) -> HashedRuleset:
        """Return the hashed form of `ruleset`, whose every part is hashed again.

        Raises:
            RulesetError: the content is not that of the revision.
        """
        digest = compute_digest(ruleset.flags, ruleset.cohorts, ruleset.deployments, ruleset.visibility)
        if digest.revision != ruleset.revision:
            raise RulesetError(f"the content is that of revision {digest.revision}, not {ruleset.revision}")
        whole = Ruleset(
            project=ruleset.project,
            flags=_persistent(ruleset.flags),
            cohorts=_persistent(ruleset.cohorts),
            deployments=_persistent(ruleset.deployments),
            visibility=_persistent(ruleset.visibility),
            revision=ruleset.revision,
        )
        return cls(whole, digest)

    def changed(self, change: Change) -> HashedRuleset:
        """Return the edition with `change` made, its revision computed.

        Raises:
            RulesetError: a flag is nested too deeply, or is not JSON.
        """
        try:
            digest = self.digest.changed(dict(_hashes(change)))
        except (RecursionError, TypeError, ValueError) as error:
            raise RulesetError("the content has no revision: it is not JSON that flags are made of") from error
        before = self.ruleset
        ruleset = Ruleset(
            project=before.project,
            flags=_persistent(before.flags).changed(change.flags),
            cohorts=_persistent(before.cohorts).changed(change.cohorts),
            deployments=_persistent(before.deployments).changed(change.deployments),
            visibility=_persistent(before.visibility).changed(change.visibility),
            revision=digest.revision,
        )
        return HashedRuleset(ruleset, digest)


def _hashes(change: Change) -> Iterator[tuple[Leaf, bytes | Absent]]:
    for key, flag in change.flags.items():
        yield ("flag", key), flag if isinstance(flag, Absent) else change.hashes.get(key) or hash_json(flag)
    yield from _hashed("visibility", change.visibility, hash_visibility)
    yield from _hashed("cohort", change.cohorts, hash_cohort)
    yield from _hashed("deployment", change.deployments, hash_deployment)


def _hashed(
    kind: str, values: Mapping[str, V | Absent], compute: Callable[[V], bytes | Absent]
) -> Iterator[tuple[Leaf, bytes | Absent]]:
    for name, value in values.items():
        yield (kind, name), value if isinstance(value, Absent) else compute(value)


def _persistent(entries: Mapping[K, V]) -> PersistentMap[K, V]:
    return cast("PersistentMap[K, V]", entries) if isinstance(entries, PersistentMap) else PersistentMap(entries)
