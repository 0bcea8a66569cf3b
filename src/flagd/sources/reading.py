"""Reading: what a folder of manifests says at one time, from bytes to snapshots.

After a restart nobody knows whose file a flag was in. While some manifest cannot be read, a flag that
none of the others declares may be in that one, so it keeps its form; once all can be read, it is gone.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.compiler import Compiled, Unreadable, compile_projects, similar_namespaces, update_projects
from flagd.compiler.graph.references import node_of, stand_ins
from flagd.manifest import ResourceRef, Severity
from flagd.manifest.changes.privacy_filter import redacted
from flagd.snapshot import Snapshot
from flagd.sources.manifests import NOWHERE, Manifests, Surroundings, parse_manifests, touched_refs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set

    from flagd.id_list.id_list import Supply
    from flagd.manifest import Diagnostic, Resource
    from flagd.sources.manifests import Source

    Lists = Callable[[Iterable[Resource], bool], Mapping[ResourceRef, Supply]]
    """Reads the lists of the cohorts among resources; True = what lost most of its ids is believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of the folder last.

    Attributes:
        manifests: its files; None before the first reading.
        readable: its resources, and what stands for those that cannot be read: what was compiled.
        compiled: the same by project.
        snapshots: the same, ready to answer from.
        differing: names those of them that are not what they were in the reading before, and what is gone since.
        supplies: the lists that cohorts are made from.
        diagnostics: what is wrong with the files as they are now; says nothing of users.
        inherited: stands for what was served before a restart and no manifest has claimed since, while some
            file cannot be read.
    """

    manifests: Manifests | None = None
    readable: Mapping[ResourceRef, Resource | Unreadable] = field(default_factory=dict)
    differing: Set[ResourceRef] = frozenset()
    supplies: Mapping[ResourceRef, Supply] = field(default_factory=dict)
    compiled: Mapping[str, Compiled] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    inherited: tuple[Unreadable, ...] = ()


def no_lists(_resources: Iterable[Resource], _confirmed: bool) -> Mapping[ResourceRef, Supply]:
    """Return the lists of cohorts where nobody reads any."""
    return {}


def remember(snapshots: Mapping[str, Snapshot]) -> Reading:
    """Return a reading that stands for what was served before a restart."""
    compiled = {name: Compiled.restore(one.ruleset) for name, one in snapshots.items()}
    inherited = (
        Unreadable(ResourceRef("", name, f"{kind}/{key}"), (kind, key))
        for name, one in compiled.items()
        for kind, key in one.served
    )
    return Reading(compiled=compiled, snapshots=snapshots, inherited=tuple(inherited))


def take(
    sources: Sequence[Source], previous: Reading, around: Surroundings = NOWHERE, lists: Lists = no_lists
) -> Reading:
    """Return what `sources` make, at the cost of what changed since `previous`; the same object if nothing did.

    `lists` reads the lists of cohorts.
    """
    manifests = parse_manifests(sources, previous.manifests or Manifests(), around)
    supplies = lists(manifests.resources.values(), around.confirmed)
    if manifests is previous.manifests and supplies == previous.supplies:
        return previous
    broken = any(finding.severity is Severity.ERROR for finding in manifests.diagnostics)
    inherited = _unclaimed(previous.inherited, manifests.resources.values()) if broken else ()
    readable: dict[ResourceRef, Resource | Unreadable] = {**manifests.resources, **{one.ref: one for one in inherited}}
    readable |= {one.ref: one for one in stand_ins(manifests.refused, readable.values())}
    differing = _differing(previous, manifests, readable)
    if previous.manifests is None or inherited or previous.inherited:
        compiled = compile_projects(readable.values(), previous.compiled, supplies)
    else:
        compiled = update_projects(readable, differing, previous.compiled, supplies)
    snapshots = {
        name: Snapshot.make(one.ruleset, previous.snapshots.get(name), time.time()) for name, one in compiled.items()
    }
    found = [finding for one in compiled.values() for finding in one.diagnostics]
    found += similar_namespaces(manifests.resources) if len(compiled) > 1 else ()
    found = [manifests.locate(finding) for finding in found]
    told = tuple(map(redacted, (*manifests.diagnostics, *found)))
    return Reading(manifests, readable, differing, supplies, compiled, snapshots, told, inherited)


def _differing(
    previous: Reading, manifests: Manifests, readable: Mapping[ResourceRef, Resource | Unreadable]
) -> Set[ResourceRef]:
    """Return the names of what is not the same object as before, or in one of both only."""
    touched = {one.ref for one in previous.inherited}
    if previous.manifests is None:
        touched |= readable.keys()
    else:
        touched |= touched_refs(previous.manifests, manifests)
    return {ref for ref in touched if previous.readable.get(ref) is not readable.get(ref)}


def _unclaimed(inherited: Sequence[Unreadable], resources: Iterable[Resource]) -> tuple[Unreadable, ...]:
    claimed = {(each.ref.namespace, node_of(each)) for each in resources} if inherited else ()
    return tuple(each for each in inherited if (each.ref.namespace, each.node) not in claimed)


def rejected(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """Return how many resources errors keep out, by project; unreadable parts of files count under ``""``."""
    errors = [finding for finding in diagnostics if finding.severity is Severity.ERROR]
    refs = {finding.resource or finding.location for finding in errors}
    return dict(Counter(getattr(ref, "namespace", "") for ref in refs))
