"""Components: nodes of a graph that reach each other.

Tarjan's algorithm, without recursion: chains are thousands of nodes long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

N = TypeVar("N")


def components(roots: Iterable[N], edges: Callable[[N], Iterable[N]]) -> Iterator[list[N]]:
    """Yield the strongly connected components that `roots` reach along `edges`, targets before those that lead to them.

    A node in no cycle is a component of its own. Linear in the nodes and edges reached.
    """
    return _Search(edges).run(roots)


class _Search(Generic[N]):
    def __init__(self, edges: Callable[[N], Iterable[N]]) -> None:
        self.edges = edges
        self.index: dict[N, int] = {}
        self.low: dict[N, int] = {}
        self.open: dict[N, None] = {}
        self.path: list[tuple[N, Iterator[N]]] = []

    def run(self, roots: Iterable[N]) -> Iterator[list[N]]:
        for root in roots:
            if root not in self.index:
                self._enter(root)
            while self.path:
                node, edges = self.path[-1]
                if self._descend(node, edges):
                    continue
                self.path.pop()
                if self.path:
                    self._lower(self.path[-1][0], self.low[node])
                if self.low[node] == self.index[node]:
                    yield self._close(node)

    def _enter(self, node: N) -> None:
        self.index[node] = self.low[node] = len(self.index)
        self.open[node] = None
        self.path.append((node, iter(self.edges(node))))

    def _descend(self, node: N, edges: Iterator[N]) -> bool:
        for target in edges:
            if target not in self.index:
                self._enter(target)
                return True
            if target in self.open:
                self._lower(node, self.index[target])
        return False

    def _lower(self, node: N, reached: int) -> None:
        self.low[node] = min(self.low[node], reached)

    def _close(self, root: N) -> list[N]:
        component: list[N] = []
        while not component or component[-1] != root:
            component.append(self.open.popitem()[0])
        return component[::-1]
