"""Branch: a prerequisite of a flag, with its own below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import KEY

if TYPE_CHECKING:
    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item

_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Branch:
    """One prerequisite, with its own below it.

    Attributes:
        key: of the other flag.
        name: of its object; empty where it is not to be seen.
        variants: those that count as met.
        branches: its prerequisites.
    """

    key: str
    name: str
    variants: tuple[str, ...]
    branches: tuple[Branch, ...] = ()


def branches_of(item: Item, view: View, above: tuple[str, ...] = ()) -> tuple[Branch, ...]:
    """Return the prerequisites of the flag `item`, which stands below the flags `above`."""
    found = []
    for each in (item.spec.get("prerequisites") or {}).get("flags") or ():
        key = str(each.get("key"))
        other = view.find(item.ref.namespace, (KEY, key))
        deeper = other is not None and len(above) < _DEEPEST and key not in above
        below = branches_of(other, view, (*above, key)) if other is not None and deeper else ()
        name = "" if other is None else other.ref.name
        found.append(Branch(key, name, tuple(map(str, each.get("variants") or ())), below))
    return tuple(found)
