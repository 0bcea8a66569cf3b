"""Record: when what changed last, counted, so that a page is told of nothing that it does not show."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.item import is_same

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagctl.dashboard.inventory.item import Item
    from flagd.compiler.graph.references import Node

    Place = tuple[str, Node]

MOST_PLACES = 200_000
"""Names of which it is known when they changed; names that are gone are among them."""


class Record:
    """Written by the inventory. All numbers count changes of anything."""

    def __init__(self) -> None:
        self.now = 0
        self._all = 0
        self._kinds: dict[str, dict[str, int]] = defaultdict(dict)
        self._users: dict[str, dict[str, int]] = defaultdict(dict)
        self._places: dict[Place, int] = {}
        self._used: dict[Place, int] = {}

    def all_changed(self) -> None:
        """Take note that everybody is to look again."""
        self.now += 1
        self._all = self.now

    def changed(self, before: Item | None, after: Item | None) -> bool:
        """Take note that `after` has taken the place of `before`; return whether they differ."""
        if is_same(before, after):
            return False
        self.now += 1
        if len(self._places) + len(self._used) > MOST_PLACES:
            self._places.clear()
            self._used.clear()
            self._all = self.now
        for item in (before, after):
            if item is not None:
                namespace = item.ref.namespace
                self._kinds[item.ref.kind][namespace] = self._places[namespace, item.node] = self.now
        for node, namespace in _links(before) ^ _links(after):
            self._users[node[0]][namespace] = self._used[namespace, node] = self.now
        return True

    def of_kind(self, kind: str, may: Callable[[str], bool]) -> int:
        """Return when something of `kind` changed last in the namespaces that one `may` see."""
        return max((at for name, at in self._kinds[kind].items() if may(name)), default=0)

    def of_users(self, names: str, may: Callable[[str], bool]) -> int:
        """Return when something began or ceased to refer to what has its name among `names`."""
        return max((at for name, at in self._users[names].items() if may(name)), default=0)

    def of_place(self, place: Place) -> int:
        """Return when what is called `place` changed last."""
        return self._places.get(place, 0)

    def of_use(self, place: Place) -> int:
        """Return when something began or ceased to refer to `place`."""
        return self._used.get(place, 0)

    @property
    def of_all(self) -> int:
        """When everybody was to look again."""
        return self._all


def _links(item: Item | None) -> set[tuple[Node, str]]:
    return set() if item is None else {(node, item.ref.namespace) for node in item.references}
