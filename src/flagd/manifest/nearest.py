"""Nearest: the known name that a wrong one was probably meant to be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flagd.manifest.path import FieldPath


_MEANT = {
    "rollout": ("allOtherUsers",),
    "default": ("allOtherUsers",),
    "fallthrough": ("allOtherUsers",),
    "percent": ("allOtherUsers",),
    "weights": ("allOtherUsers",),
    "enabled": ("active",),
    "on": ("active",),
    "rules": ("segments",),
    "targeting": ("segments",),
    "conditions": ("match",),
    "operator": ("op",),
    "value": ("values",),
    "percentage": ("percent", "allOtherUsers"),
    "variations": ("variants",),
    "users": ("userIds",),
}
"""What other systems call a field, or where ours stands: the first that is known in that place."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that looks most like `name`, whatever the case; None if none does."""
    spelled = {one.lower(): one for one in known}
    # Comparing is quadratic in the length of names.
    close = get_close_matches(name[:100].lower(), spelled, n=1)
    return spelled[close[0]] if close else None


def unknown_field(path: FieldPath, known: Collection[str]) -> Finding:
    """Return the finding for a field at `path` that is none of the `known` ones."""
    name = str(path[-1])
    meant = (one for one in _MEANT.get(name, ()) if one in known)
    near = next(meant, None) or nearest(name, sorted(known))
    rest = f"did you mean `{near}`?" if near else f"known: {', '.join(sorted(known))}"
    return Finding(path, "UnknownField", f"unknown field {shown(name)}, {rest}")
