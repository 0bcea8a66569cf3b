"""Shelf: the lists of a folder of manifests, kept from one reading to the next."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.id_list.folder import ListFile
from flagd.id_list.id_list import ListError, Supply
from flagd.manifest.kinds import FlagCohort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from flagd.id_list.folder import Stamp
    from flagd.id_list.id_list import IdList
    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.parts.list_origin import ListOrigin
    from flagd.manifest.resource import Resource

SETTLE_SECONDS = 0.1
"""How long a file that replaces another must stay as it is before it is read."""
SETTLE_LOOKS = 20


@dataclass(frozen=True, slots=True)
class _Kept:
    origin: ListOrigin
    stamp: Stamp | None
    supply: Supply


@dataclass(slots=True)
class Shelf:
    """Reads the lists that cohorts name by a path in `folder`; those that did not change are not read again."""

    folder: Path
    wait: Callable[[float], None] = time.sleep
    _kept: dict[ResourceRef, _Kept] = field(default_factory=dict)

    def supplies(self, resources: Iterable[Resource], confirmed: bool = False) -> Mapping[ResourceRef, Supply]:
        """Return what each cohort in `resources` has that is made from a list.

        With `confirmed`, a list that lost most of its ids is believed.
        """
        wanted = {each.ref: each.spec.from_ for each in resources if isinstance(each, FlagCohort) and each.spec.from_}
        self._kept = {ref: self._look(ref, origin, confirmed=confirmed) for ref, origin in wanted.items()}
        return {ref: kept.supply for ref, kept in self._kept.items()}

    def _look(self, ref: ResourceRef, origin: ListOrigin, *, confirmed: bool) -> _Kept:
        before, file = self._kept.get(ref), ListFile(self.folder, origin)
        if before is not None and (before.origin.path, before.origin.column) != (origin.path, origin.column):
            before = None
        stamp = file.stamp()
        doubted = before is not None and confirmed and before.supply.fault
        if before is not None and (before.origin, before.stamp) == (origin, stamp) and not doubted:
            return before
        if before is not None:
            stamp = self._settled(file, stamp)
        supply = (Supply() if before is None else before.supply).after(
            _read(file), may_shrink=confirmed or origin.may_shrink
        )
        return _Kept(origin, stamp, supply)

    def _settled(self, file: ListFile, stamp: Stamp | None) -> Stamp | None:
        for _ in range(SETTLE_LOOKS):
            self.wait(SETTLE_SECONDS)
            before, stamp = stamp, file.stamp()
            if before == stamp:
                break
        return stamp


def read_once(file: ListFile) -> Supply:
    """Return what a cohort has that was never supplied before."""
    return Supply().after(_read(file), may_shrink=True)


def _read(file: ListFile) -> ListError | IdList:
    try:
        return file.read()
    except ListError as error:
        return error
