"""Order: parents before children, and who depends on itself. Without recursion, as chains may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    """Return the keys that depend on themselves, directly or through others (Kosaraju's algorithm)."""
    dependents: dict[str, list[str]] = {key: [] for key in dependencies}
    for key, parents in dependencies.items():
        for parent in parents:
            dependents.get(parent, []).append(key)
    members: set[str] = set()
    for key in reversed(evaluation_order(dependencies, dependencies)):
        component = evaluation_order((key,), dependents)
        for member in component:
            del dependents[member]
        if len(component) > 1 or key in dependencies.get(key, ()):
            members.update(component)
    return members
