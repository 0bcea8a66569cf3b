"""Dependencies: who refers to whom in a project while it is being changed, and who is in a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.graph.cycle import can_form_cycles, find_cycles
from flagd.compiler.project import NOTHING
from flagd.ruleset.persistent import ABSENT, Draft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.compiler.graph.cycle import Cycle
    from flagd.compiler.graph.references import Node
    from flagd.compiler.project import Project

_NONE: frozenset[Node] = frozenset()


class Dependencies:
    """The edges of a project's graph, in both directions, open for changes."""

    def __init__(self, project: Project) -> None:
        self.uses = Draft(project.uses)
        self.users = Draft(project.users)
        self.cycles = Draft(project.cycles)
        self._user_changes: dict[Node, Draft[Node, None]] = {}
        self._rewired: set[Node] = set()

    def connect(self, node: Node, uses: frozenset[Node]) -> None:
        """Make `uses` all that `node` refers to."""
        before = self.used_by_node(node)
        if uses == before:
            return
        self.uses[node] = uses or ABSENT
        for target in uses - before:
            self._users(target)[node] = None
        for target in before - uses:
            self._users(target)[node] = ABSENT
        if any(map(can_form_cycles, uses ^ before)):
            self._rewired.add(node)

    def used_by_node(self, node: Node) -> frozenset[Node]:
        """Return what `node` refers to."""
        return self.uses.look(node) or _NONE

    def users_of(self, node: Node) -> Iterable[Node]:
        """Return who refers to `node`."""
        changes = self._user_changes.get(node)
        return (self.users.look(node) or NOTHING) if changes is None else changes.freeze()

    def cycle(self, node: Node) -> Cycle | None:
        """Return the cycle that `node` is in, as of the last `settle`."""
        return self.cycles.look(node)

    def settle(self) -> list[Node]:
        """Find the cycles that the changes made and broke; return the nodes for which that is news."""
        if not self._rewired:
            return []
        roots = {node for node in self._rewired if self._can_be_in_cycle(node)} | self._former_mates()
        self._rewired = set()
        news = []
        for node, cycle in find_cycles(roots, self.used_by_node).items():
            if cycle != self.cycles.look(node):
                self.cycles[node] = cycle or ABSENT
                news.append(node)
        return news

    def close(self) -> None:
        """Bring the changes of users into `users`, ready to freeze."""
        for node, changes in self._user_changes.items():
            self.users[node] = changes.freeze() or ABSENT

    def _users(self, node: Node) -> Draft[Node, None]:
        changes = self._user_changes.get(node)
        if changes is None:
            changes = self._user_changes[node] = Draft(self.users.look(node) or NOTHING)
        return changes

    def _can_be_in_cycle(self, node: Node) -> bool:
        # Nothing leads back to a node that nobody refers to, as the usual flag.
        changes = self._user_changes.get(node)
        return bool(changes) or self.users.look(node) is not None

    def _former_mates(self) -> set[Node]:
        # Anyone who was in a cycle with a rewired node still reaches it, or another rewired one, by edges
        # between nodes that were in cycles.
        found = {node for node in self._rewired if self.cycles.look(node) is not None}
        waiting = list(found)
        while waiting:
            for user in self.users_of(waiting.pop()):
                if user not in found and self.cycles.look(user) is not None:
                    found.add(user)
                    waiting.append(user)
        return found
