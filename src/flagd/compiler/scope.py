"""Scope: what a resource may see of the others while it is compiled, and no more than that.

A resource is compiled again when a face that it looked at changes, so a face holds only what the
compiled form or the diagnostics of others can depend on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flagd.compiler.graph.references import COHORT, DEPLOYMENT, KEY, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagd.compiler.form.alternatives import Alternatives
    from flagd.compiler.form.rise import Rise
    from flagd.compiler.graph.references import Node
    from flagd.id_list.id_list import Supply
    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.model import Model


P = TypeVar("P")
T = TypeVar("T")

GroupType = Literal["MutualExclusion", "Holdout"]


@dataclass(frozen=True, slots=True)
class Broken:
    """It is there, but has errors of its own and no last good form."""


BROKEN = Broken()


@dataclass(frozen=True, slots=True)
class FlagFace:
    """A published flag or group, as its dependents see it.

    Attributes:
        variants: the keys it can answer with, ``off`` included.
        local: whether clients that evaluate in process have it.
        group: the type of the FlagGroup; None for a Flag.
    """

    variants: frozenset[str]
    local: bool
    group: GroupType | None = None


@dataclass(frozen=True, slots=True)
class SegmentFace:
    """A FlagSegment, with all that it refers to inlined."""

    alternatives: Alternatives


@dataclass(frozen=True, slots=True)
class CohortFace:
    """A FlagCohort. Its members are sent separately from the flags."""

    unit: str


@dataclass(frozen=True, slots=True)
class DeploymentFace:
    """A FlagDeployment. That it exists is all a flag asks."""


@dataclass(frozen=True, slots=True)
class PlainFace:
    """A resource of a kind that compiles to nothing: those that refer to it see what it says."""

    spec: Model


Face = FlagFace | SegmentFace | CohortFace | DeploymentFace | PlainFace | Broken


class Scope:
    """Looks up the other resources of the project by name. None stands for "there is none"."""

    __slots__ = ("_face", "_made", "rise", "supply")

    def __init__(
        self,
        face: Callable[[Node], Face | None],
        rise: Callable[[ResourceRef], Rise | None] = lambda _: None,
        supply: Callable[[ResourceRef], Supply | None] = lambda _: None,
    ) -> None:
        self._face = face
        self._made: dict[tuple[object, ...], tuple[object, Any]] = {}
        self.rise = rise
        self.supply = supply

    def look(self, node: Node) -> Face | None:
        """Return whatever has this name."""
        return self._face(node)

    def once(self, parts: Sequence[P], make: Callable[[Sequence[P]], T]) -> T:
        """Return what `make` made of these very `parts`, and of nothing else; many flags have the same."""
        key = (make, *map(id, parts))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = parts, make(parts)  # holds the parts, so that no others get their ids
        return found[1]

    def flag(self, key: str) -> FlagFace | Broken | None:
        """Return the flag or group with this key."""
        face = self._face((KEY, key))
        return face if isinstance(face, FlagFace | Broken) else None

    def segment(self, name: str) -> SegmentFace | Broken | None:
        """Return the FlagSegment of this name."""
        face = self._face((SEGMENT, name))
        return face if isinstance(face, SegmentFace | Broken) else None

    def cohort(self, name: str) -> CohortFace | Broken | None:
        """Return the FlagCohort of this name."""
        face = self._face((COHORT, name))
        return face if isinstance(face, CohortFace | Broken) else None

    def deployment(self, name: str) -> DeploymentFace | Broken | None:
        """Return the FlagDeployment of this name."""
        face = self._face((DEPLOYMENT, name))
        return face if isinstance(face, DeploymentFace | Broken) else None
