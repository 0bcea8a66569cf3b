"""Suggestion: what someone who named a thing that does not exist may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 10


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, case aside; None where none is like it."""
    folded = {candidate.casefold(): candidate for candidate in known}
    return next((folded[match] for match in get_close_matches(name.casefold(), folded, n=1)), None)


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
