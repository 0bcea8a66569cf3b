"""Cycle: nodes that need each other, found in the part of the graph that a change can touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flagd.components import components
from flagd.manifest.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flagd.compiler.graph.references import Node

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle, as one of its nodes sees it.

    Attributes:
        next: the node that this one refers to.
        text: ``a → b → a``; the middle of a long one is counted instead.
    """

    next: Node
    text: str


def find_cycles(roots: Iterable[Node], uses: Callable[[Node], Iterable[Node]]) -> dict[Node, Cycle | None]:
    """Return every node reachable from `roots` with the cycle it is in, or None.

    Cycles that no root reaches are not seen; those that are, are seen whole. Linear in the nodes
    and edges reached.
    """
    found: dict[Node, Cycle | None] = {}
    for component in map(sorted, components(sorted(roots), partial(_edges, uses=uses))):
        if len(component) == 1 and component[0] not in uses(component[0]):
            found[component[0]] = None
        else:
            found |= _paths(component, uses)
    return found


def can_form_cycles(node: Node) -> bool:
    """Return whether resources of this name may refer to others."""
    kind = KINDS.get(node[0])
    return kind is None or kind.refers


def _edges(node: Node, uses: Callable[[Node], Iterable[Node]]) -> list[Node]:
    return sorted(filter(can_form_cycles, uses(node)))


def _paths(component: list[Node], uses: Callable[[Node], Iterable[Node]]) -> dict[Node, Cycle]:
    members = set(component)
    paths: dict[Node, Cycle] = {}
    for node in component:
        if node in paths:
            continue
        cycle = _shortest(node, members, uses)
        for turn, each in enumerate(cycle):
            paths.setdefault(each, Cycle(cycle[(turn + 1) % len(cycle)], _describe(cycle, turn)))
    return paths


def _shortest(start: Node, members: set[Node], uses: Callable[[Node], Iterable[Node]]) -> list[Node]:
    came_from: dict[Node, Node] = {}
    reached = [start]
    for node in reached:
        for target in _edges(node, uses):
            if target == start:
                return _trace(node, start, came_from)
            if target in members and target not in came_from:
                came_from[target] = node
                reached.append(target)
    raise AssertionError("a strongly connected component has a cycle through each of its nodes")


def _trace(end: Node, start: Node, came_from: dict[Node, Node]) -> list[Node]:
    backwards = [end]
    while backwards[-1] != start:
        backwards.append(came_from[backwards[-1]])
    return backwards[::-1]


def _describe(cycle: list[Node], turn: int) -> str:
    count = len(cycle)
    shown = range(count + 1) if count < _MOST_SHOWN else (*range(_MOST_SHOWN // 2), *range(count - 5, count + 1))
    names = [cycle[(turn + step) % count][1] for step in shown]
    if len(names) <= count:
        names.insert(_MOST_SHOWN // 2, f"({count + 1 - len(names)} more)")
    return " → ".join(names)
