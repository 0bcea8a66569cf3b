"""Declarations: all that files declare, read and judged at the cost of what changed since the last time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.declaration import DeclaringFile, declaring_file, digest_of, together
from flagctl.dashboard.inventory.inventory import Inventory
from flagctl.dashboard.inventory.item import is_same
from flagctl.dashboard.inventory.judgement import judged
from flagctl.dashboard.inventory.lists import Lists
from flagd.manifest.reading.files import find_files
from flagd.manifest.reading.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence, Set

    from flagctl.dashboard.inventory.declaration import Declaration
    from flagctl.dashboard.inventory.inventory import Place
    from flagctl.dashboard.inventory.item import Item
    from flagd.manifest import Resource, ResourceRef


_NO_FILE = DeclaringFile(0)
COHORT = "FlagCohort"


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
        self._stamps = Stamps()
        self._lists = Lists()

    def take(self, paths: Sequence[str]) -> Change | None:
        """Read `paths` again, and the lists of cohorts beside them; None where nothing changed."""
        files, models = self._read(paths)
        is_new = files != self._files
        changed = self._changed(self._touched(files)) if is_new else {}
        self._files = files
        changed |= self._supplied(paths)
        if not is_new and not changed:
            return None
        items = self._judged(changed, models)
        gone = {ref for ref in changed if ref not in self._own}
        return Change(items, gone, tuple(fault for file in files.values() for fault in file.faults))

    def _read(self, paths: Sequence[str]) -> tuple[dict[str, DeclaringFile], dict[ResourceRef, Resource]]:
        """Return all files, and the typed form of what was read from those that are new."""
        files: dict[str, DeclaringFile] = {}
        models: dict[ResourceRef, Resource] = {}
        for found in find_files(paths):
            known = self._files.get(found.name)
            if known is None or not self._stamps.is_same(found):
                source = found.read()
                if source.fault is not None:
                    self._stamps.forget(found.name)
                if known is None or known.digest != digest_of(source):
                    known, resources = declaring_file(source)
                    models |= {each.ref: each for each in resources}
            files[found.name] = known
        self._stamps.keep(files)
        return files, models

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
            if before is not None and after is not None:
                after = replace(after, supply=before.supply)  # whether that holds is seen when the lists are read
            if after is None:
                del self._declared[ref]
            if is_same(before, after):
                continue
            changed[ref] = {(ref.namespace, each.node) for each in (before, after) if each is not None}
            if after is None:
                del self._own[ref]
                self._index.remove(ref)
            else:
                self._own[ref] = after
                self._index.put(after)
        return changed

    def _supplied(self, paths: Sequence[str]) -> dict[ResourceRef, set[Place]]:
        """Take over what differs of the lists of cohorts; return these cohorts with their names."""
        made = [each for each in self._index.of_kind(COHORT) if each.supply or each.spec.get("from")]
        resources = [each.resource for each in made if each.is_whole]
        found = self._lists.supplies(paths, [each for each in resources if each is not None])
        changed = {}
        for ref in {each.ref for each in made}:
            own = self._own[ref]
            if own.supply != found.get(ref):
                self._own[ref] = replace(own, supply=found.get(ref))
                self._index.put(self._own[ref])
                changed[ref] = {(ref.namespace, own.node)}
        return changed

    def _judged(self, changed: Mapping[ResourceRef, set[Place]], models: Mapping[ResourceRef, Resource]) -> list[Item]:
        """Return what has changed, and what is wrong with others since."""
        places = {place for names in changed.values() for place in names}
        found = [
            item
            for item in judged(places, self._own, self._index, models)
            if item.ref in changed or not is_same(item, self._index.get(item.ref))
        ]
        for item in found:
            self._index.put(item)
        return found
