"""Sharing: what is equal in many flags is one object in memory. Flags repeat names and conditions without end."""

from __future__ import annotations

import marshal
from hashlib import blake2b
from typing import Any

_DEPTH = 12
"""Levels of a ruleset in which lists and objects are shared: below a flag, those of our own form."""
_WITHOUT_REFERENCES = 2
"""Version of the format in which equal values are written alike, whatever of them is one object."""


class Sharing:
    """One for what is read at a time; dropped afterwards, while what it shared lives as long as the flags.

    Nothing that was shared may be changed.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[object, Any] = {}

    def named(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the object of `pairs`, its names shared: a hook of Python's JSON reader, which shares none itself."""
        known = self._known
        return {known.setdefault(name, name): value for name, value in pairs}

    def share(self, value: Any) -> None:  # noqa: ANN401 - any JSON
        """Have what is inside `value`, which was read from JSON, be what was met before; texts at any depth."""
        self._share_parts(value, _DEPTH)

    def _share_parts(self, value: Any, depth: int) -> None:  # noqa: ANN401
        for place, each in value.items() if isinstance(value, dict) else enumerate(value):
            value[place] = self._shared(each, depth)

    def _shared(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return self._known.setdefault(value, value)
        if not isinstance(value, (dict, list)):
            return value
        if depth == 0:
            self._share_texts(value)
            return value
        if depth == _DEPTH and isinstance(value, list):  # a flag's segments, which hold its salt
            self._share_parts(value, depth - 1)
            return value
        content = _content(value)
        found = self._known.get(content)
        if found is None:
            self._share_parts(value, depth - 1)
            found = self._known[content] = value
        return found

    def _share_texts(self, value: Any) -> None:  # noqa: ANN401
        known, inside = self._known, [value]
        while inside:
            each = inside.pop()
            for place, found in each.items() if isinstance(each, dict) else enumerate(each):
                if isinstance(found, str):
                    each[place] = known.setdefault(found, found)
                elif isinstance(found, (dict, list)):
                    inside.append(found)


def _content(value: dict[str, Any] | list[Any]) -> object:
    """Return what tells `value` from others, order and types of numbers included."""
    try:
        written = marshal.dumps(value, _WITHOUT_REFERENCES)
    except ValueError:  # nested too deeply; it is like no other
        return object()
    return blake2b(written, digest_size=16).digest()
