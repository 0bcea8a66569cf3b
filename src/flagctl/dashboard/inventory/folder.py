"""Folder: an inventory that follows files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.item import Item, item_of
from flagctl.files.manifests import compiled_from
from flagd.manifest import Severity, load
from flagd.manifest.reading.files import read_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagctl.dashboard.inventory.inventory import Inventory
    from flagd.manifest import Diagnostic, Resource, ResourceRef

LOOK_SECONDS = 1.0
"""How long files are left before they are looked at again."""


class Folder:
    """Manifests in files. Read once by `read`, then whenever they change by `follow`."""

    def __init__(self, paths: Sequence[str], inventory: Inventory) -> None:
        self._paths = paths
        self._inventory = inventory
        self._digest: int | None = None
        self.faults: tuple[str, ...] = ()
        """What is wrong with files from which no resource could be read."""

    async def read(self) -> None:
        """Read what has changed since the last time."""
        digest = await asyncio.to_thread(self._look)
        if digest != self._digest:
            items, self.faults = await asyncio.to_thread(items_in, self._paths)
            self._digest = digest
            self._inventory.replace(items)

    async def follow(self) -> None:
        """Read again whenever the files change, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.read()

    def _look(self) -> int:
        return hash(tuple((file.name, file.data, file.fault) for file in read_files(self._paths)))


def items_in(paths: Sequence[str]) -> tuple[list[Item], tuple[str, ...]]:
    """Return the resources in `paths`, and what is wrong with what names none."""
    loaded = load(paths)
    errors = [each for each in compiled_from(loaded).diagnostics if each.severity is Severity.ERROR]
    good = [_item(each, errors) for each in loaded.resources]
    bad = [_broken(ref, key, errors) for ref, key in loaded.refused.items() if ref not in {each.ref for each in good}]
    return [*good, *bad], tuple(str(each) for each in errors if each.resource is None)


def _item(resource: Resource, errors: Iterable[Diagnostic]) -> Item:
    data = resource.model_dump(mode="json", by_alias=True, exclude_unset=True)
    data["metadata"]["namespace"] = resource.metadata.namespace
    return item_of(resource.ref.kind, data, tuple(_told(resource.ref, errors)))


def _broken(ref: ResourceRef, key: str, errors: Iterable[Diagnostic]) -> Item:
    raw = {"kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace}}
    return Item(ref, key, raw, faults=tuple(_told(ref, errors)) or ("has errors",))


def _told(ref: ResourceRef, errors: Iterable[Diagnostic]) -> list[str]:
    return [f"{each.path}: {each.message}" if each.path else each.message for each in errors if each.resource == ref]
