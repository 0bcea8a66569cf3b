"""Health: whether what the pages show can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.manifest import API_VERSION, KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.dashboard.inventory.inventory import View


@dataclass(frozen=True, slots=True)
class KindHealth:
    """One kind.

    Attributes:
        kind: its name.
        count: how many are seen.
        bad: how many of them are not ready.
    """

    kind: str
    count: int
    bad: int


@dataclass(frozen=True, slots=True)
class Health:
    """All of it.

    Attributes:
        faults: what cannot be read, a sentence each.
        kinds: every kind.
        facts: name and text of what else is known.
    """

    faults: tuple[str, ...]
    kinds: tuple[KindHealth, ...]
    facts: tuple[tuple[str, str], ...]


def health_of(view: View, faults: Sequence[str], facts: Sequence[tuple[str, str]]) -> Health:
    """Return the health of what `view` shows."""
    kinds = []
    for kind in KINDS:
        items = view.of_kind(kind)
        bad = sum(bool(item.faults) or item.condition("Ready").get("status") == "False" for item in items)
        kinds.append(KindHealth(kind, len(items), bad))
    return Health(tuple(faults), tuple(kinds), (("API version", API_VERSION), *facts))
