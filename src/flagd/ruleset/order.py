"""Order: parents before children, and who depends on itself. Without recursion, as chains may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.components import components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def evaluation_order(starts: Iterable[str], dependencies: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the known keys that `starts` reach, each once, depth first, parents before children."""
    ordered: list[str] = []
    seen: set[str] = set()
    for start in starts:
        if dependencies.get(start) == () and start not in seen:  # the usual flag, at a third of the cost
            seen.add(start)
            ordered.append(start)
            continue
        pending = [(start, False)]
        while pending:
            key, visited = pending.pop()
            if visited:
                ordered.append(key)
            elif key in dependencies and key not in seen:
                seen.add(key)
                pending.append((key, True))
                pending.extend((parent, False) for parent in reversed(dependencies[key]))
    return ordered


def cycle_members(dependencies: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the known keys that depend on themselves, directly or through others."""
    members: set[str] = set()
    for component in components(dependencies, lambda key: dependencies.get(key, ())):
        if len(component) > 1 or component[0] in dependencies.get(component[0], ()):
            members.update(component)
    return members
