"""Suggestion: what someone who named a thing that does not exist may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 10


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a clause that ends an error about `name`: the nearest known name, else what there is."""
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f'did you mean "{near}"?'
    if not names:
        return "there is none"
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"there is {', '.join(names[:_SHOWN])}{rest}"
