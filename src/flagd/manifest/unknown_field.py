"""Unknown field: what a field that nobody knows was probably meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.shown import shown
from flagd.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

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


def unknown_field(path: FieldPath, known: Collection[str]) -> Finding:
    """Return the finding for a field at `path` that is none of the `known` ones."""
    name = str(path[-1])
    meant = (one for one in _MEANT.get(name, ()) if one in known)
    near = next(meant, None) or nearest(name, sorted(known))
    rest = f"did you mean `{near}`?" if near else f"known: {', '.join(sorted(known))}"
    return Finding(path, "UnknownField", f"unknown field {shown(name)}, {rest}")
