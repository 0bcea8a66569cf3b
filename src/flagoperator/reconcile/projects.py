"""Projects: the compiled form of every namespace, brought up to date with what changed in the cluster."""

from __future__ import annotations

from collections import Counter
from operator import is_
from typing import TYPE_CHECKING

from flagd.compiler import Compiled, Unreadable, compile_project
from flagd.compiler.references import KEY, node_of
from flagd.manifest import Severity
from flagd.ruleset.persistent import difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.compiler.references import Node
    from flagd.manifest import Diagnostic, Resource, ResourceRef
    from flagd.ruleset import Ruleset
    from flagoperator.reconcile.entry import Entry


class Projects:
    """Compiles. One caller at a time; readers take `compiled`, which is replaced and never changed."""

    def __init__(self) -> None:
        self._served: dict[str, Ruleset] = {}
        self._compiled: Mapping[str, Compiled] = {}
        self._taken: dict[ResourceRef, Entry] = {}
        self._unready: set[ResourceRef] = set()
        self.unready: Counter[str] = Counter()
        """How many resources cannot be used as they are, by kind: those whose status says Ready=False."""

    def remember(self, served: Mapping[str, Ruleset]) -> None:
        """Take what was `served` before this process, by project, as the form to keep of what is broken now."""
        self._served = dict(served)

    def taken(self, ref: ResourceRef) -> Entry | None:
        """Return `ref` as it was compiled last; None if it was not, or is gone."""
        return self._taken.get(ref)

    @property
    def compiled(self) -> Mapping[str, Compiled]:
        """The projects that have resources, by namespace."""
        return self._compiled

    def take(self, changes: Mapping[ResourceRef, Entry | None]) -> set[ResourceRef]:
        """Compile `changes` (None for what is gone); return the resources of which something may be new to say."""
        namespaces: dict[str, dict[ResourceRef, Entry | None]] = {}
        for ref, entry in changes.items():
            namespaces.setdefault(ref.namespace, {})[ref] = entry
        compiled, touched = dict(self._compiled), set(changes)
        for name, members in namespaces.items():
            before = compiled.get(name)
            after = self._update(name, before, members)
            if before is not None:
                touched |= affected(before, after)
            compiled[name] = after
            if not _is_there(after):
                del compiled[name]
        # In this order: whoever reads meanwhile, in another thread, finds what was taken to be older, never newer.
        self._compiled = compiled
        self._taken |= {ref: entry for ref, entry in changes.items() if entry is not None}
        for ref, entry in changes.items():
            if entry is None:
                self._taken.pop(ref, None)
        for ref in touched:
            self._judge(ref)
        return touched

    def _judge(self, ref: ResourceRef) -> None:
        entry, compiled = self._taken.get(ref), self._compiled.get(ref.namespace)
        unready = entry is not None and not (entry.valid and is_ready(findings_of(entry, compiled)))
        if unready is (ref in self._unready):
            return
        if unready:
            self._unready.add(ref)
        else:
            self._unready.discard(ref)
        self.unready[ref.kind] += 1 if unready else -1

    def _update(self, name: str, before: Compiled | None, changes: Mapping[ResourceRef, Entry | None]) -> Compiled:
        resources = [_claimant(entry) for entry in changes.values() if entry is not None]
        if before is None:
            served = self._served.pop(name, None)
            restored = None if served is None else Compiled.restore(served)
            return compile_project(resources, project=name, previous=restored)
        return before.update(resources, [ref for ref, entry in changes.items() if entry is None])


def findings_of(entry: Entry, compiled: Compiled | None) -> Sequence[Diagnostic]:
    """Return what the compiler found about `entry` itself; nothing where the entry is not valid."""
    resource = entry.resource
    if resource is None or compiled is None or not entry.valid:
        return ()
    outcome = compiled.state.outcomes.get(node_of(resource))
    found = () if outcome is None else outcome.diagnostics
    return [each for each in (*found, *compiled.overweight) if each.resource == entry.ref]


def is_ready(findings: Iterable[Diagnostic]) -> bool:
    """Return whether none of `findings` is an error."""
    return all(each.severity is not Severity.ERROR for each in findings)


def _is_there(compiled: Compiled) -> bool:
    """Return whether the project is one: resources that cannot be read, and of which nothing is served, make none."""
    state = compiled.state
    return (
        bool(state.flags)
        or any(not isinstance(each, Unreadable) for each in state.resources.values())
        or bool(compiled.served)
    )


def _claimant(entry: Entry) -> Resource | Unreadable:
    if entry.resource is not None:
        return entry.resource
    kind = KEY if entry.ref.kind in {"Flag", "FlagGroup"} else entry.ref.kind
    return Unreadable(entry.ref, (kind, entry.key), entry.uid)


def affected(before: Compiled, after: Compiled) -> set[ResourceRef]:
    """Return the resources whose outcome or users differ between two states of a project."""
    old, new = before.state, after.state
    nodes = {*difference(old.outcomes, new.outcomes, is_), *difference(old.users, new.users, is_)}
    waiting = [node for node in nodes if node not in new.claims]
    for node in waiting:  # what was deleted says nothing itself, but those that need it do
        fresh = [user for user in new.users.get(node, ()) if user not in nodes]
        nodes.update(fresh)
        waiting += [user for user in fresh if user not in new.claims]
    warned = {each.resource for each in {*before.overweight} ^ {*after.overweight} if each.resource is not None}
    return {ref for node in nodes for ref in _claimants(after, node)} | warned


def _claimants(compiled: Compiled, node: Node) -> Iterable[ResourceRef]:
    return compiled.state.claims.get(node) or ()
