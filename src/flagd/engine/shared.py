"""Shared: equal constants of many flags are one object, in memory and in the processor's caches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

LARGEST = 100
"""Parts of what is shared, at most: it is kept after the flags are gone, until newer constants push it out."""

T = TypeVar("T", bound="bytes | tuple[Any, ...] | frozenset[Any]")

_PLAIN = frozenset({str, bool, int, type(None)})


def shared(constant: T) -> T:
    """Return `constant`, or one that equals it; what is in a tuple or set must be texts, null, or integers."""
    return _known(constant) if len(constant) <= LARGEST else constant


def shared_object(fields: dict[str, Any]) -> dict[str, Any]:
    """Return `fields`, or an object of the same JSON. Neither may be changed."""
    types = tuple(map(type, fields.values()))
    plain = len(fields) <= LARGEST and _PLAIN.issuperset(types)
    return _known_object(tuple(fields.items()), types) if plain else fields


@lru_cache(maxsize=4096)
def _known(constant: T) -> T:
    return constant


@lru_cache(maxsize=4096)
def _known_object(items: tuple[tuple[str, Any], ...], _types: tuple[type, ...]) -> dict[str, Any]:
    # True equals 1 and would be taken for it, but for the types.
    return dict(items)
