"""Declarations: all that files declare, read and judged at the cost of what changed since the last time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.declaration import DeclaringFile, declaring_file, digest_of, together
from flagctl.dashboard.inventory.inventory import Inventory
from flagctl.dashboard.inventory.judgement import judged
from flagd.manifest.reading.files import read_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence, Set

    from flagctl.dashboard.inventory.declaration import Declaration
    from flagctl.dashboard.inventory.inventory import Place
    from flagctl.dashboard.inventory.item import Item
    from flagd.manifest import Resource, ResourceRef


_NO_FILE = DeclaringFile(0)


@dataclass(frozen=True, slots=True)
class Change:
    """What is new since the last time.

    Attributes:
        items: resources that are new, changed, or have other faults than before.
        gone: those that are no more.
        faults: what is wrong now with parts of files that name no resource.
    """

    items: Collection[Item]
    gone: Set[ResourceRef]
    faults: tuple[str, ...]


class Declarations:
    """What files declare. Used by one thread at a time."""

    def __init__(self) -> None:
        self._files: dict[str, DeclaringFile] = {}
        self._declared: dict[ResourceRef, dict[str, Declaration]] = defaultdict(dict)
        self._own: dict[ResourceRef, Item] = {}
        self._index = Inventory()

    def take(self, paths: Sequence[str]) -> Change | None:
        """Read `paths` again; None where nothing changed."""
        files: dict[str, DeclaringFile] = {}
        models: dict[ResourceRef, Resource] = {}
        for source in read_files(paths):
            known = self._files.get(source.name)
            if known is None or known.digest != digest_of(source):
                known, resources = declaring_file(source)
                models |= {each.ref: each for each in resources}
            files[source.name] = known
        if files == self._files:
            return None
        changed = self._changed(self._touched(files))
        items = self._judged(changed, models)
        self._files = files
        gone = {ref for ref in changed if ref not in self._own}
        return Change(items, gone, tuple(fault for file in files.values() for fault in file.faults))

    def _touched(self, files: Mapping[str, DeclaringFile]) -> set[ResourceRef]:
        """Take over what differs in `files`; return the resources that they declare or declared."""
        touched = set()
        for name in self._files.keys() | files.keys():
            before, after = self._files.get(name, _NO_FILE), files.get(name, _NO_FILE)
            if before is after:
                continue
            for ref in before.declarations:
                del self._declared[ref][name]
            for ref, declaration in after.declarations.items():
                self._declared[ref][name] = declaration
            touched |= before.declarations.keys() | after.declarations.keys()
        return touched

    def _changed(self, touched: Iterable[ResourceRef]) -> dict[ResourceRef, set[Place]]:
        """Take over what differs of `touched`; return it with the names it has and had."""
        changed = {}
        for ref in touched:
            before, after = self._own.get(ref), together(self._declared[ref].values())
            if after is None:
                del self._declared[ref]
            if _is_same(before, after):
                continue
            changed[ref] = {(ref.namespace, each.node) for each in (before, after) if each is not None}
            if after is None:
                del self._own[ref]
                self._index.remove(ref)
            else:
                self._own[ref] = after
                self._index.put(after)
        return changed

    def _judged(self, changed: Mapping[ResourceRef, set[Place]], models: Mapping[ResourceRef, Resource]) -> list[Item]:
        """Return what has changed, and what is wrong with others since."""
        places = {place for names in changed.values() for place in names}
        found = [
            item
            for item in judged(places, self._own, self._index, models)
            if item.ref in changed or not _is_same(item, self._index.get(item.ref))
        ]
        for item in found:
            self._index.put(item)
        return found


def _is_same(one: Item | None, other: Item | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.key, one.raw, one.faults) == (other.key, other.raw, other.faults)
