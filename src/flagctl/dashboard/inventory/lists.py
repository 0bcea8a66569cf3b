"""Lists: the lists of ids beside manifests, read as a flagd that serves the folder reads them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flagctl.files.lists import folder_with, folders_of
from flagd.id_list.shelf import Shelf
from flagd.manifest import FlagCohort

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from flagd.id_list.id_list import Supply
    from flagd.manifest import Resource, ResourceRef
    from flagd.manifest.parts.list_origin import ListOrigin


class Lists:
    """Those of some folders; what did not change is not read again. Used by one thread at a time."""

    def __init__(self) -> None:
        self._shelves: dict[Path, Shelf] = {}
        self._found: dict[ResourceRef, Path] = {}

    def supplies(self, paths: Sequence[str], resources: Iterable[Resource]) -> Mapping[ResourceRef, Supply]:
        """Return what each cohort in `resources` has whose list lies, or should lie, in the folders of `paths`.

        It is empty where `paths` names standard input alone: that has no folder.
        """
        folders = folders_of(paths)
        if not folders:
            return {}
        cohorts: dict[Path, list[Resource]] = defaultdict(list)
        places: dict[ResourceRef, Path] = {}
        for each in resources:
            if isinstance(each, FlagCohort) and each.spec.from_ is not None:
                place = places[each.ref] = self._place(each.ref, each.spec.from_, folders)
                cohorts[place].append(each)
        self._found = places
        self._shelves = {folder: self._shelves.get(folder) or Shelf(folder) for folder in cohorts}
        return {ref: held for folder in cohorts for ref, held in self._supplied(folder, cohorts[folder])}

    def _supplied(self, folder: Path, cohorts: Iterable[Resource]) -> Iterable[tuple[ResourceRef, Supply]]:
        return self._shelves[folder].supplies(cohorts).items()

    def _place(self, ref: ResourceRef, origin: ListOrigin, folders: Sequence[Path]) -> Path:
        """Return the folder that has the list; where none has it, the one that had it, else the first."""
        before = self._found.get(ref)
        return folder_with(origin, folders) or (before if before in folders else None) or folders[0]
