"""Nearest: the known name that a wrong one was probably meant to be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that looks most like `name`, whatever the case; None if none does."""
    spelled = {one.lower(): one for one in known}
    # Comparing is quadratic in the length of names.
    close = get_close_matches(name[:100].lower(), spelled, n=1)
    return spelled[close[0]] if close else None
