"""Nearest: the known name that a wrong one was probably meant to be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100
"""Characters of a name that are compared: comparing is quadratic in their number."""
ALIKE = 0.6
"""How alike two names must be, from 0 to 1, as difflib measures it."""


def nearest(name: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """Return the one of `known` that looks most like `name`, whatever the case; None if none does."""
    folded = {one.casefold(): one for one in known}
    close = get_close_matches(name[:LONGEST].casefold(), folded, n=1, cutoff=alike)
    return folded[close[0]] if close else None
