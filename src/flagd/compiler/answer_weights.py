"""AnswerWeights: how many bytes the answers for the flags of a project take at most, and which take most.

A change costs what it changes: all flags are looked at again only where one of the heaviest has become lighter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING

from flagd.ruleset.persistent import ABSENT, Absent, PersistentMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMED = 3
"""Flags that are known to weigh most."""


@dataclass(frozen=True, slots=True)
class AnswerWeights:
    """Of one project.

    Attributes:
        by_key: bytes by key of a flag; those that never answer are not in it.
        total: of all flags together.
        heaviest: keys of the flags that weigh most, up to NAMED, the heaviest first.
    """

    by_key: PersistentMap[str, int] = field(default_factory=PersistentMap)
    total: int = 0
    heaviest: tuple[str, ...] = ()

    def changed(self, weights: Mapping[str, int]) -> AnswerWeights:
        """Return the same with new `weights` by key; 0 = the flag does not answer."""
        changes: dict[str, int | Absent] = {key: weight or ABSENT for key, weight in weights.items()}
        by_key = self.by_key.changed(changes)
        total = self.total + sum(weight - self.by_key.get(key, 0) for key, weight in weights.items())
        return AnswerWeights(by_key, total, self._heaviest(by_key, weights))

    def _heaviest(self, by_key: PersistentMap[str, int], weights: Mapping[str, int]) -> tuple[str, ...]:
        found = _heaviest((key for key in {*self.heaviest, *weights} if key in by_key), by_key)
        if len(self.heaviest) < NAMED:  # no flag is left out
            return found
        last = self.heaviest[-1]
        if len(found) == NAMED and _rank(found[-1], by_key) >= _rank(last, self.by_key):
            return found
        return _heaviest(by_key.as_dict(), by_key)


def _heaviest(keys: Iterable[str], by_key: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(nlargest(NAMED, keys, key=lambda key: _rank(key, by_key)))


def _rank(key: str, by_key: Mapping[str, int]) -> tuple[int, str]:
    return by_key[key], key
