"""Retirement: what still needs a flag that is to be removed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import node_of, reference_path
from flagd.ruleset.outcomes import outcomes, settled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from flagctl.files.manifests import Manifests
    from flagctl.references.reference import CodeReference
    from flagd.manifest import Flag


@dataclass(frozen=True, slots=True)
class Retirement:
    """What is known of one flag.

    Attributes:
        project: its namespace.
        flag: its key.
        gives: what users get of it.
        needed: what still needs it, each as a sentence.
        place: where its manifest stands; empty where it came from a cluster.
    """

    project: str
    flag: str
    gives: str
    needed: tuple[str, ...]
    place: str


def retirement(
    flag: Flag,
    manifests: Manifests,
    named: Sequence[CodeReference],
    asked: Mapping[str, Collection[tuple[str, str]]],
) -> Retirement:
    """Return what still needs `flag`.

    Args:
        flag: the flag.
        manifests: it and all others in the same place.
        named: where code names it.
        asked: project and key of the flags that each server was asked for, by the server's name.
    """
    project = flag.metadata.namespace
    compiled = manifests.compiled(flag)
    found = None if compiled is None else settled(compiled)
    needed = [
        *_referring(flag, manifests),
        *(f"{each.place} names it" for each in named if each.key == flag.key),
        *(f"{server} was asked for it" for server, flags in asked.items() if (project, flag.key) in flags),
    ]
    if compiled is None:
        gives = "it has errors, which flagctl lint shows"
    elif found is None:
        gives = f"users get different variants: {', '.join(sorted(outcomes(compiled)))}"
        needed.insert(0, "users get different variants: decide on one first")
    else:
        gives = f'everybody gets "{found.variant}"'
    place = manifests.location(flag.ref)
    return Retirement(project, flag.key, gives, tuple(needed), str(place) if place else "")


def _referring(flag: Flag, manifests: Manifests) -> Iterator[str]:
    by_ref = {each.ref: each for each in manifests.resources}
    for ref in manifests.projects[flag.metadata.namespace].used_by(flag):
        user = by_ref.get(ref)
        path = "" if user is None else reference_path(user, node_of(flag))
        place = manifests.location(ref, path)
        yield f"{ref} refers to it{f' at {path}' if path else ''}{f' ({place})' if place else ''}"
