"""Fault: what is wrong with the description of a user, which would else look like a user without that.

Every door of flagd refuses the same; a client that decides by itself must not answer otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SCALAR = str | int | float
_LEVELS = 100
_GROUP = ("name", "properties", "cohort_ids")


def fault(user: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong with the fields of a user, and what would be right; empty = nothing is."""
    for name, value in user.items():
        if value.__class__ is str and name not in _CHECKS:
            continue
        if value is not None and (found := _CHECKS.get(name, _scalar)(name, value)):
            return found
    return ""


def _scalar(where: str, value: object) -> str:
    return "" if isinstance(value, _SCALAR) else _must(where, "a string, a number or a boolean", value)


def _properties(where: str, value: object) -> str:
    if not isinstance(value, Mapping):
        return _must(where, "a mapping", value)
    for name, one in value.items():
        if one.__class__ is not str and (found := _json(f"{where}.{name}", one)):
            return found
    return ""


def _json(where: str, value: object, level: int = 0) -> str:
    if value is None or isinstance(value, _SCALAR) or level > _LEVELS:
        return ""
    if isinstance(value, list | tuple):
        return next(filter(None, (_json(where, one, level + 1) for one in value)), "")
    if isinstance(value, Mapping):
        return next(filter(None, (_json(where, one, level + 1) for one in value.values())), "")
    return _must(where, "what JSON knows", value)


def _texts(where: str, value: object) -> str:
    if not isinstance(value, list | tuple | Set) or not all(isinstance(one, str) for one in value):
        return _must(where, "a list of strings", value)
    return ""


def _groups(where: str, value: object) -> str:
    if not isinstance(value, Mapping):
        return _must(where, "a mapping from group types", value)
    return next(filter(None, (_group(f"{where}.{kind}", one) for kind, one in value.items())), "")


def _group(where: str, value: object) -> str:
    if value is None or isinstance(value, _SCALAR):
        return ""
    if isinstance(value, list | tuple):
        return next(filter(None, (_scalar(where, one) for one in value if one is not None)), "")
    if not isinstance(value, Mapping):
        return _must(where, "a name, a list of names or a mapping", value)
    if unknown := value.keys() - set(_GROUP):
        return f"{where}: has {', '.join(_GROUP)}, not {', '.join(sorted(map(str, unknown)))}"
    checks = zip(_GROUP, (_scalar, _properties, _texts), strict=True)
    found = (check(f"{where}.{name}", value[name]) for name, check in checks if value.get(name) is not None)
    return next(filter(None, found), "")


def _must(where: str, wanted: str, value: object) -> str:
    return f"{where}: must be {wanted}, not {type(value).__name__}"


_CHECKS: dict[str, Callable[[str, object], str]] = {
    "user_properties": _properties,
    "cohort_ids": _texts,
    "groups": _groups,
}
