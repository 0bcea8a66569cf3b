"""PersistentMap: a mapping that never changes and shares what it can with its successors.

A change of one entry copies one of 256 shards, not the whole, so that the cost of changing one flag
does not grow with the number of flags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

SHARDS = 256
_MOST_UNSHARDED = 64


class Absent:
    """The type of `ABSENT`."""


ABSENT: Final = Absent()
"""Stands for "no entry" among the changes of a map."""


class PersistentMap(Mapping[K, V]):
    """An immutable mapping. Iteration is in the order of the keys, so equal maps look alike."""

    __slots__ = ("_length", "_shards")

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self._shards: tuple[dict[K, V], ...] = (dict(entries or {}),)
        self._length = len(self._shards[0])
        if self._length > _MOST_UNSHARDED:
            self._shards = _spread(self._shards[0].items())

    def __getitem__(self, key: K) -> V:
        shards = self._shards
        return shards[hash(key) % len(shards)][key]

    def __iter__(self) -> Iterator[K]:
        keys: list[K] = []
        for shard in self._shards:
            keys += shard
        return iter(sorted(keys))  # type: ignore[type-var]  # every key type in use is ordered

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return self._length > 0

    def __contains__(self, key: object) -> bool:
        shards = self._shards
        return key in shards[hash(key) % len(shards)]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | T) -> V | T: ...
    def get(self, key: K, /, default: V | T | None = None) -> V | T | None:
        """Return the value of `key`, or `default`."""
        shards = self._shards
        return shards[hash(key) % len(shards)].get(key, default)

    def __repr__(self) -> str:
        return f"PersistentMap({dict(self)!r})"

    def as_dict(self) -> dict[K, V]:
        """Return the same entries as a plain dict, in no order: quick to look up many."""
        entries: dict[K, V] = {}
        for shard in self._shards:
            entries.update(shard)
        return entries

    def changed(self, changes: Mapping[K, V | Absent]) -> PersistentMap[K, V]:
        """Return this map with `changes`: new values by key, `ABSENT` for entries to leave out."""
        if not self._length:
            entries = {key: value for key, value in changes.items() if not isinstance(value, Absent)}
            return PersistentMap(entries) if entries else self
        shards = list(self._shards)
        copied: set[int] = set()
        for key, value in changes.items():
            index = hash(key) % len(shards)
            if shards[index].get(key, ABSENT) is value:
                continue
            if index not in copied:
                copied.add(index)
                shards[index] = shards[index].copy()
            if isinstance(value, Absent):
                shards[index].pop(key, None)
            else:
                shards[index][key] = value
        if not copied:
            return self
        length = self._length + sum(len(shards[index]) - len(self._shards[index]) for index in copied)
        return _assemble(shards, length)


def _assemble(shards: list[dict[K, V]], length: int) -> PersistentMap[K, V]:
    made: PersistentMap[K, V] = PersistentMap()
    spread = len(shards) == 1 and length > _MOST_UNSHARDED
    made._shards = _spread(shards[0].items()) if spread else tuple(shards)
    made._length = length
    return made


def _spread(entries: Iterable[tuple[K, V]]) -> tuple[dict[K, V], ...]:
    shards: tuple[dict[K, V], ...] = tuple({} for _ in range(SHARDS))
    for key, value in entries:
        shards[hash(key) % SHARDS][key] = value
    return shards


def difference(before: Mapping[K, V], after: Mapping[K, V], same: Callable[[V, V], bool]) -> dict[K, V | Absent]:
    """Return the changes that make `before` into `after`; shards that both share cost nothing.

    Values that are not one object are compared by `same`.
    """
    changes: dict[K, V | Absent] = {}
    for old, new in _pairs(before, after):
        for key, value in new.items():
            held = old.get(key, ABSENT)
            if held is not value and (isinstance(held, Absent) or not same(held, value)):
                changes[key] = value
        changes.update((key, ABSENT) for key in old if key not in new)
    return changes


def count_changed_shards(before: Mapping[K, V], after: Mapping[K, V]) -> int:
    """Return how many shards `difference` would compare: about how many keys differ, while these are few."""
    return sum(1 for _ in _pairs(before, after))


def _pairs(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[tuple[Mapping[K, V], Mapping[K, V]]]:
    if before is after:
        return iter(())
    if not (isinstance(before, PersistentMap) and isinstance(after, PersistentMap)):
        return iter([(before, after)])
    if len(before._shards) != len(after._shards):
        return iter([(before, after)])
    return (pair for pair in zip(before._shards, after._shards, strict=True) if pair[0] is not pair[1])


class Draft(dict[K, "V | Absent"]):
    """Changes to a persistent map that are not made yet: read through `look`, made by `freeze`."""

    __slots__ = ("_shards", "before")

    def __init__(self, before: PersistentMap[K, V]) -> None:
        super().__init__()
        self.before = before
        self._shards = before._shards if before else ()

    def look(self, key: K) -> V | None:
        """Return the value of `key`, changes included; None where there is none."""
        found = self.get(key)
        if found is None:
            shards = self._shards
            return shards[hash(key) % len(shards)].get(key) if shards else None
        return None if found is ABSENT else found  # type: ignore[return-value]  # ABSENT is the only Absent

    def freeze(self) -> PersistentMap[K, V]:
        """Return the map with all changes made."""
        return self.before.changed(self)
