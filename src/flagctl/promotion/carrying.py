"""Carrying: what a flag becomes when it takes over what it is elsewhere. Pure.

A manifest may be a patch, which says only what it changes: what the source does not say stays as it is in the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.percent import thousandths
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Path = tuple[str, ...]

_NAMED = {"segments": "name", "variants": "key"}
_PARTS = frozenset({"percent", "weights"})
_DEEP = frozenset({"allOtherUsers", "rollout", "bucketing", "tracking"})
"""Mappings of which the fields are carried one by one."""


def carried(source: Mapping[str, Any], target: Mapping[str, Any], only: Collection[str]) -> dict[str, Any]:
    """Return the ``spec`` of the target with what the source says.

    Args:
        source: the ``spec`` there.
        target: the ``spec`` here.
        only: names of fields of ``spec`` to carry; ``percent`` and ``weights`` are those of every segment and of all
            other users. Empty = everything.
    """
    return _mapping((), source, target, only)


def same(field: str, one: object, other: object) -> bool:
    """Return whether two values of `field` mean the same."""
    if field == "percent":
        try:
            return thousandths(one) == thousandths(other)  # type: ignore[arg-type]
        except ValueError:
            return same_value(one, other)
    return same_value(one, other)


def _mapping(path: Path, source: Mapping[str, Any], target: Mapping[str, Any], only: Collection[str]) -> dict[str, Any]:
    merged = dict(target)
    for name, value in source.items():
        here = (*path, name)
        if name not in target:
            if (new := _new(here, value, only)) is not None:
                merged[name] = new
        elif not same(name, value, target[name]):
            merged[name] = _value(here, value, target[name], only)
    return merged


def _new(path: Path, value: Any, only: Collection[str]) -> Any:  # noqa: ANN401
    """Return what of `value`, which the target lacks, is carried; None = nothing."""
    if _is_carried(path, only):
        return value
    if path[-1] in _DEEP and isinstance(value, dict):
        return _mapping(path, value, {}, only) or None
    return None


def _value(path: Path, source: Any, target: Any, only: Collection[str]) -> Any:  # noqa: ANN401
    if isinstance(source, dict) and isinstance(target, dict) and path[-1] in _DEEP:
        return _mapping(path, source, target, only)
    if _is_carried(path, only):
        return source
    identity = _NAMED.get(path[-1])
    if identity and len(path) == 1 and isinstance(source, list) and isinstance(target, list):
        return _entries(path, identity, source, target, only)
    return target


def _entries(
    path: Path, identity: str, source: Sequence[Any], target: Sequence[Any], only: Collection[str]
) -> list[Any]:
    known = {entry[identity]: entry for entry in source if isinstance(entry, dict) and identity in entry}
    return [
        _mapping(path, known[entry[identity]], entry, only)
        if isinstance(entry, dict) and entry.get(identity) in known
        else entry
        for entry in target
    ]


def _is_carried(path: Path, only: Collection[str]) -> bool:
    if not only:
        return True
    return path[0] in only or (len(path) > 1 and path[-1] in _PARTS and path[-1] in only)
