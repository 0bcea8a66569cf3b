"""Lists: the files of ids beside manifests, where flagd would look for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flagd.id_list.id_list import Supply
    from flagd.manifest import Resource, ResourceRef
    from flagd.manifest.parts.list_origin import ListOrigin

STDIN = "-"


def lists_beside(paths: Sequence[str], resources: Iterable[Resource]) -> Mapping[ResourceRef, Supply]:
    """Return the lists of the cohorts in `resources` that lie in the folders of `paths`, or next to those files.

    A list that lies in none of them is left out: elsewhere an operator fetches it.
    """
    from flagd.id_list.folder import ListFile
    from flagd.id_list.shelf import read_once
    from flagd.manifest import FlagCohort

    folders = folders_of(paths)
    found: dict[ResourceRef, Supply] = {}
    for resource in resources:
        if isinstance(resource, FlagCohort) and resource.spec.from_ is not None:
            there = folder_with(resource.spec.from_, folders)
            if there is not None:
                found[resource.ref] = read_once(ListFile(there, resource.spec.from_))
    return found


def folder_with(origin: ListOrigin, folders: Iterable[Path]) -> Path | None:
    """Return the first of `folders` that has the list at `origin`; None where none has it."""
    from flagd.id_list.folder import ListFile

    return next((folder for folder in folders if ListFile(folder, origin).stamp() is not None), None)


def folders_of(paths: Sequence[str]) -> list[Path]:
    """Return the folders that `paths` name, and those in which the files lie that they name."""
    return list(dict.fromkeys(_folder(Path(path)) for path in paths if path != STDIN))


def told(supplies: Mapping[ResourceRef, Supply]) -> Iterator[str]:
    """Yield size and age of each list, in a line each."""
    for ref, supply in supplies.items():
        if supply.held is not None:
            since = datetime.fromtimestamp(supply.held.as_of, UTC)
            yield f"{ref}: a list of {len(supply.held.ids):,} ids as of {since:%Y-%m-%d %H:%M} UTC"


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent
