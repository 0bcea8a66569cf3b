"""Sharing: equal texts of many flags are one object in memory. Flags repeat names, operators and values without end."""

from __future__ import annotations

from typing import Any


class Sharing:
    """One for what is read at a time; dropped afterwards, while the texts live as long as the flags."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def named(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the object of `pairs`, its names shared: a hook of Python's JSON reader, which shares none itself."""
        known = self._known
        return {known.setdefault(name, name): value for name, value in pairs}

    def share(self, value: Any) -> None:  # noqa: ANN401 - any JSON
        """Have the texts inside `value`, which was read from JSON, be those that were met before. Of any depth."""
        known, inside = self._known, [value]
        while inside:
            each = inside.pop()
            for place, found in each.items() if isinstance(each, dict) else enumerate(each):
                if isinstance(found, str):
                    each[place] = known.setdefault(found, found)
                elif isinstance(found, (dict, list)):
                    inside.append(found)
