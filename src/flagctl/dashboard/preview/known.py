"""Known: what there is before a manifest is pasted: the resources, and the lists of ids that cohorts are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.files.lists import lists_beside
from flagd.id_list.id_list import IdList, Supply
from flagd.manifest import FlagCohort
from flagd.ruleset.hashed_ids import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest import Loaded, ResourceRef

NOBODY = IdList(EMPTY, 1)
ABSENT = Supply(fault="it cannot be read: no such file or directory")


@dataclass(frozen=True, slots=True)
class Known:
    """What there is.

    Attributes:
        items: resources, as manifests.
        faults: for each cohort in them whose list is read, by its reference, why there is no list; None = there is one.
        paths: beside which lists lie that the manifest names and nothing has named before.
    """

    items: Sequence[Mapping[str, Any]]
    faults: Mapping[str, str | None]
    paths: Sequence[str]

    def supplies(self, before: Loaded, loaded: Loaded) -> dict[ResourceRef, Supply]:
        """Return the lists of the cohorts in `loaded`, where those in `before` are known; without the ids of these.

        Whom a change moves is told by segments and buckets, whoever is in a cohort.
        """
        origins = {each.ref: each.spec.from_ for each in before.resources if isinstance(each, FlagCohort)}
        cohorts = [each for each in loaded.resources if isinstance(each, FlagCohort) and each.spec.from_ is not None]
        same = (each.ref for each in cohorts if origins.get(each.ref) == each.spec.from_)
        held = {ref: self._held(str(ref)) for ref in same if str(ref) in self.faults}
        others = [each for each in cohorts if each.ref not in held] if self.paths else []
        return {**held, **dict.fromkeys((each.ref for each in others), ABSENT), **lists_beside(self.paths, others)}

    def _held(self, name: str) -> Supply:
        fault = self.faults[name]
        return Supply(NOBODY) if fault is None else Supply(fault=fault)
