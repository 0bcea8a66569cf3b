"""Inventory: all resources that are known, and who refers to whom."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.record import Record
from flagd.manifest import KINDS, ResourceRef
from flagd.signal import Signal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.inventory.topic import Topic
    from flagd.compiler.graph.references import Node

    Place = tuple[str, Node]
    May = Callable[[str, str], bool]


class Inventory:
    """The resources. Lives in one event loop; readers get `View`s of it."""

    def __init__(self) -> None:
        self._items: dict[ResourceRef, Item] = {}
        self._kinds: dict[str, dict[ResourceRef, Item]] = defaultdict(dict)
        self._named: dict[Place, dict[ResourceRef, Item]] = defaultdict(dict)
        self._users: dict[Place, dict[ResourceRef, Item]] = defaultdict(dict)
        self._changed = Signal()
        self.record = Record()
        """When what changed."""

    def put(self, item: Item) -> None:
        """Add `item`, or replace what had its name; what says the same stays."""
        if self.record.changed(self._items.get(item.ref), item):
            self._drop(item.ref)
            self._add(item)
            self._changed.wake()

    def remove(self, ref: ResourceRef) -> None:
        """Take out what has this name."""
        if self.record.changed(self._items.get(ref), None):
            self._drop(ref)
            self._changed.wake()

    def replace(self, items: Iterable[Item], scope: Callable[[ResourceRef], bool] = lambda _: True) -> None:
        """Have `items` and nothing else of what is in `scope`."""
        new = {item.ref: item for item in items}
        for ref in [ref for ref in self._items if scope(ref) and ref not in new]:
            self.remove(ref)
        for item in new.values():
            self.put(item)

    def touch(self) -> None:
        """Have everybody look again: something changed that is no resource."""
        self.record.all_changed()
        self._changed.wake()

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever something changes."""
        return self._changed.subscribe()

    def get(self, ref: ResourceRef) -> Item | None:
        """Return what has this name; None where there is nothing."""
        return self._items.get(ref)

    def of_kind(self, kind: str) -> Iterable[Item]:
        """Return all items of `kind`."""
        return self._kinds[kind].values()

    def named(self, namespace: str, node: Node) -> Iterable[Item]:
        """Return what is called `node` in `namespace`: one item, or rivals."""
        return self._named.get((namespace, node), {}).values()

    def users(self, namespace: str, node: Node) -> Iterable[Item]:
        """Return what names `node` in `namespace`, whether there is such a thing or not."""
        return self._users.get((namespace, node), {}).values()

    def _add(self, item: Item) -> None:
        self._items[item.ref] = self._kinds[item.ref.kind][item.ref] = item
        self._named[item.ref.namespace, item.node][item.ref] = item
        for node in item.references:
            self._users[item.ref.namespace, node][item.ref] = item

    def _drop(self, ref: ResourceRef) -> None:
        item = self._items.pop(ref, None)
        if item is None:
            return
        del self._kinds[ref.kind][ref]
        _forget(self._named, (ref.namespace, item.node), ref)
        for node in item.references:
            _forget(self._users, (ref.namespace, node), ref)


def _forget(table: dict[Place, dict[ResourceRef, Item]], place: Place, ref: ResourceRef) -> None:
    table[place].pop(ref, None)
    if not table[place]:
        del table[place]


class View:
    """What one person may see of an inventory.

    Args:
        inventory: all of it.
        may: whether a kind may be seen in a namespace.
    """

    def __init__(self, inventory: Inventory, may: May = lambda _kind, _namespace: True) -> None:
        self._inventory = inventory
        self._may = may

    def version(self, topic: Topic) -> int:
        """Return a number that grows whenever something of `topic` changes that is seen."""
        record = self._inventory.record
        kinds = [record.of_kind(kind, partial(self._may, kind)) for kind in topic.kinds]
        used = [record.of_users(KINDS[kind].names, partial(self._may, "Flag")) for kind in topic.used]
        return max(record.of_all, *kinds, *used, *(() if topic.flag is None else self._versions(*topic.flag)))

    def of_kind(self, kind: str) -> list[Item]:
        """Return all items of `kind`, by namespace and name."""
        return sorted(self._seen(self._inventory.of_kind(kind)), key=lambda item: (item.ref.namespace, item.ref.name))

    def get(self, kind: str, namespace: str, name: str) -> Item | None:
        """Return the object of this name; None where there is none to be seen."""
        item = self._inventory.get(ResourceRef(kind, namespace, name))
        return item if item is not None and self._may(kind, namespace) else None

    def find(self, namespace: str, node: Node) -> Item | None:
        """Return what is called `node`; of rivals the first by name; None where there is none to be seen."""
        return min(self._seen(self._inventory.named(namespace, node)), key=lambda item: item.ref.name, default=None)

    def users(self, item: Item) -> list[Item]:
        """Return what names `item`, by kind and name."""
        return sorted(self._seen(self._inventory.users(item.ref.namespace, item.node)), key=lambda each: each.ref)

    def closure(self, item: Item) -> list[Item]:
        """Return `item` and all that it refers to, directly or not: what it takes to compile it."""
        return self._follow([item], lambda each: self._targets(each))

    def neighbourhood(self, items: Iterable[Item]) -> list[Item]:
        """Return `items`, all that refer to them, directly or not, and what it takes to compile these."""
        affected = self._follow(items, self.users)
        return self._follow(affected, self._targets)

    def _versions(self, namespace: str, name: str) -> Iterator[int]:
        record = self._inventory.record
        item = self.get("Flag", namespace, name)
        if item is None:
            yield record.of_kind("Flag", namespace.__eq__) if self._may("Flag", namespace) else 0
            return
        yield record.of_kind("FlagRolloutPlan", namespace.__eq__)  # the default of the namespace may be another
        yield record.of_use((namespace, item.node))
        for each in self.closure(item):
            yield from (record.of_place((namespace, node)) for node in (each.node, *each.references))

    def _targets(self, item: Item) -> list[Item]:
        found = (self.find(item.ref.namespace, node) for node in sorted(item.references))
        return [each for each in found if each is not None]

    def _follow(self, items: Iterable[Item], step: Callable[[Item], Iterable[Item]]) -> list[Item]:
        found: dict[ResourceRef, Item] = {}
        waiting = list(items)
        while waiting:
            item = waiting.pop()
            if item.ref not in found:
                found[item.ref] = item
                waiting += step(item)
        return list(found.values())

    def _seen(self, items: Iterable[Item]) -> Iterator[Item]:
        return (item for item in items if self._may(item.ref.kind, item.ref.namespace))
