"""Pairing: which resource of one side is which of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagctl.comparison.side import Side
    from flagd.manifest import Resource, ResourceRef


@dataclass(frozen=True, slots=True)
class Pair:
    """One resource on both sides.

    Attributes:
        ref: its name, on the right side where the namespaces differ.
        before: its form on the left; None where it is not there, or has errors.
        after: its form on the right; likewise.
        faulty: the names of the sides on which it has errors.
    """

    ref: ResourceRef
    before: Resource | None
    after: Resource | None
    faulty: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people call it: ``prod/new-checkout`` for a flag, by its key; the kind before all else."""
        resource = self.after or self.before
        if self.ref.kind == "Flag":
            return f"{self.ref.namespace}/{self.ref.name if resource is None else resource.key}"
        return str(self.ref)


def renamed_namespace(left: Side, right: Side) -> tuple[str, str] | None:
    """Return the only namespace of `left` and that of `right` where these differ, as overlays of environments do."""
    old, new = left.namespaces, right.namespaces
    return (next(iter(old)), next(iter(new))) if len(old) == len(new) == 1 and old != new else None


def pairs(left: Side, right: Side, renamed: tuple[str, str] | None) -> list[Pair]:
    """Return every resource of both sides, by namespace, kind and name.

    `renamed` are a namespace of `left` and that of `right` that it is compared with.
    """
    names = dict([renamed]) if renamed else {}
    old = {_placed(each.ref, names): each for each in left.manifests.resources}
    new = {each.ref: each for each in right.manifests.resources}
    refused = {_placed(ref, names) for ref in left.refused}, set(right.refused)
    refs = {*old, *new, *refused[0], *refused[1]}
    return [
        Pair(
            ref,
            old.get(ref),
            new.get(ref),
            tuple(side.name for side, broken in zip((left, right), refused, strict=True) if ref in broken),
        )
        for ref in sorted(refs, key=lambda ref: (ref.namespace, ref.kind, ref.name))
    ]


def _placed(ref: ResourceRef, names: Mapping[str, str]) -> ResourceRef:
    return ref._replace(namespace=names.get(ref.namespace, ref.namespace))
