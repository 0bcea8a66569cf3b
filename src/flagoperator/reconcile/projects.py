"""Projects: the compiled form of every namespace, brought up to date with what changed in the cluster."""

from __future__ import annotations

from functools import partial
from operator import is_
from typing import TYPE_CHECKING

from flagd.compiler import Compiled, Unreadable, compile_project
from flagd.compiler.form.limit import admitted
from flagd.compiler.graph.references import node_named, node_of
from flagd.manifest import Flag, Severity
from flagd.manifest.changes.news import ABSENT, Reason, State, news
from flagd.ruleset.persistent import difference
from flagoperator.reconcile.broken import Broken, Verdict
from flagoperator.reconcile.lists import Lists, origin_of
from flagoperator.reconcile.ramps import Ramps
from flagoperator.reconcile.ramps.standing import Before
from flagoperator.reconcile.served import served_form, served_instead

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from flagd.compiler.form.rise import Rise
    from flagd.compiler.graph.references import Node
    from flagd.manifest import Diagnostic, Resource, ResourceRef
    from flagd.manifest.changes.news import News
    from flagd.ruleset import Ruleset
    from flagoperator.reconcile.entry import Entry


class Projects:
    """Compiles. One caller at a time; readers take `compiled`, which is replaced and never changed."""

    def __init__(self) -> None:
        self._served: dict[str, Ruleset] = {}
        self._heard = False
        self._compiled: Mapping[str, Compiled] = {}
        self._taken: dict[ResourceRef, Entry] = {}
        self._news: list[News] = []
        self._following = False
        self.broken = Broken()
        """What cannot be used as it is."""
        self.ramps = Ramps()
        """The flags whose percentages rise step by step."""
        self.lists = Lists()
        """What cohorts are made from that name a list."""

    def remember(self, served: Mapping[str, Ruleset], *, certain: bool = True) -> None:
        """Take what was `served` before this process, by project, as the form to keep of what is broken now.

        `certain`: whether that is what callers get, and not what another operator would publish.
        """
        self._served = dict(served)
        self._heard = certain and bool(served)

    @property
    def unknown(self) -> frozenset[str]:
        """The projects with flags of which nobody knows where they stand."""
        return frozenset(ref.namespace for ref in self.ramps.lost)

    def hear(self, served: Mapping[str, Ruleset]) -> set[ResourceRef]:
        """Learn what is `served`, by project, and nothing else is; return the resources to look at."""
        if self._heard:
            return set()
        self._heard = True
        lost = {ref: entry for ref in self.ramps.lost if (entry := self.taken(ref)) is not None}
        self.ramps.forget(lost)
        touched = self.raise_to(self.ramps.rises(lost, partial(self._recalled, served)))
        self.ramps.settle(lost, self.taken, self._measured)
        return touched | lost.keys()

    def taken(self, ref: ResourceRef) -> Entry | None:
        """Return `ref` as it was compiled last; None if it was not, or is gone."""
        return self._taken.get(ref)

    @property
    def compiled(self) -> Mapping[str, Compiled]:
        """The projects that have resources, by namespace."""
        return self._compiled

    def follow(self) -> None:
        """Call everything news from now on; of what was there at the start that is only what is broken."""
        self._following = True

    def drain_news(self) -> list[News]:
        """Return what became of resources since the last call."""
        found, self._news = self._news, []
        return found

    def adopt(self, served: Mapping[str, Ruleset]) -> set[ResourceRef]:
        """Keep of what is broken what is `served`, by project, in place of the last good forms that were seen here.

        Return the resources of which something may be new to say.
        """
        self._served |= served
        return self.take(
            {ref: entry for ref, entry in self._taken.items() if ref.namespace in served}, from_scratch=served
        )

    def take(self, changes: Mapping[ResourceRef, Entry | None], from_scratch: Container[str] = ()) -> set[ResourceRef]:
        """Compile `changes` (None for what is gone); return the resources of which something may be new to say.

        Of the namespaces `from_scratch` that is everything; what was compiled of them before is forgotten.
        """
        namespaces: dict[str, dict[ResourceRef, Entry | None]] = {}
        for ref, entry in changes.items():
            namespaces.setdefault(ref.namespace, {})[ref] = entry
        compiled = {name: one for name, one in self._compiled.items() if name not in from_scratch}
        touched = set(changes)
        for name, members in namespaces.items():
            before = compiled.get(name)
            ramped = self._ramped(name, members)
            rises = self.ramps.rises(ramped | members, partial(self._before, before))
            after = self._update(name, before, members, rises)
            if before is not None:
                touched |= affected(before, after)
            touched |= ramped.keys()
            compiled[name] = after
            if not _is_there(after):
                del compiled[name]
        known = {ref: self._state(ref, used=ref in changes) for ref in touched} if self._following else {}
        # In this order: anyone who reads meanwhile, in another thread, finds what was taken to be older, never newer.
        self._compiled = compiled
        self._taken |= {ref: entry for ref, entry in changes.items() if entry is not None}
        for ref, entry in changes.items():
            if entry is None:
                self._taken.pop(ref, None)
        self.ramps.settle(touched, self.taken, self._measured)
        self.broken.judge({ref: self._verdict(ref) for ref in touched})
        self._tell(changes, known, touched)
        return touched

    def supply(self) -> set[ResourceRef]:
        """Compile the cohorts of which the list is new; return the resources of which something may be new to say."""
        origins = self.lists.drain()
        if not origins:
            return set()
        return self.take({ref: entry for ref, entry in self._taken.items() if origin_of(entry) in origins})

    def raise_to(self, rises: Mapping[ResourceRef, Rise | None]) -> set[ResourceRef]:
        """Compile the flags of `rises` with no percentage above these; return the resources to look at."""
        namespaces: dict[str, dict[ResourceRef, Rise | None]] = {}
        for ref, rise in rises.items():
            namespaces.setdefault(ref.namespace, {})[ref] = rise
        touched: set[ResourceRef] = set()
        for name, members in namespaces.items():
            before = self._compiled.get(name)
            if before is not None:
                after = before.update((), (), members)
                touched |= affected(before, after)
                self._compiled = {**self._compiled, name: after}
        return touched

    def _ramped(self, namespace: str, members: Mapping[ResourceRef, Entry | None]) -> dict[ResourceRef, Entry | None]:
        """Return the flags that are to be looked at again because a plan of `namespace` changed."""
        if not self.ramps.take_plans(members):
            return {}
        compiled = self._compiled.get(namespace)
        there = () if compiled is None else compiled.state.resources
        return {ref: self._taken[ref] for ref in there if ref in self._taken and self.ramps.concerns(self._taken[ref])}

    def _before(self, compiled: Compiled | None, entry: Entry) -> Before:
        """Return what is known of the flag `entry` from before it is compiled, of a project that was `compiled`."""
        ref, taken = entry.ref, self._taken.get(entry.ref)
        if compiled is not None:
            same = taken is not None and taken.uid == entry.uid and compiled.owner(entry.key) in (ref, None)
            flag = taken.resource if taken is not None and isinstance(taken.resource, Flag) else None
            return (
                Before(flag, compiled.admitted(entry.key) if compiled.flag_revision(entry.key) else None)
                if same
                else Before()
            )
        return self._recalled(self._served, entry)

    def _recalled(self, served: Mapping[str, Ruleset], entry: Entry) -> Before:
        """Return what is known of the flag `entry` where it was not compiled yet, by what is `served`."""
        ruleset = served.get(entry.ref.namespace)
        form = None if ruleset is None else ruleset.flags.get(entry.key)
        return Before(reached=None if form is None else admitted(form), heard=self._heard)

    def _measured(self, entry: Entry) -> bytes:
        compiled = self._compiled.get(entry.ref.namespace)
        if compiled is None or not entry.valid or errors_of(findings_of(entry, compiled)):
            return b""
        return compiled.measured(entry.key)

    def _tell(
        self, changes: Container[ResourceRef], before: Mapping[ResourceRef, State], touched: Iterable[ResourceRef]
    ) -> None:
        # At the start only what is broken is told, of perhaps 100,000.
        told = touched if self._following else (ref for ref in touched if self.broken.verdict(ref) is not None)
        for ref in sorted(told):
            found = news(ref, before.get(ref, ABSENT), self._state(ref, used=ref in changes and self._following))
            self._news += (one for one in found if self._following or one.reason is Reason.BROKEN)

    def _state(self, ref: ResourceRef, *, used: bool) -> State:
        """Return how it stands with `ref`, and if `used` is asked for, how many refer to it."""
        entry, compiled, verdict = self._taken.get(ref), self._compiled.get(ref.namespace), self.broken.verdict(ref)
        if entry is None:
            return ABSENT
        errors, served = (verdict.errors, verdict.served) if verdict else ((), "")
        users = len(compiled.used_by(entry.resource)) if used and compiled and entry.resource else 0
        return State(entry.resource, errors, entry.generation, entry.manager, users, served)

    def _verdict(self, ref: ResourceRef) -> Verdict | None:
        entry, compiled = self._taken.get(ref), self._compiled.get(ref.namespace)
        if entry is None:
            return None
        findings = findings_of(entry, compiled)
        errors = errors_of(findings if entry.valid else entry.findings)
        if not errors:
            return None
        served = None if compiled is None else served_form(entry, compiled, findings)
        return Verdict(errors, served_instead(entry, served)[1])

    def _update(
        self,
        name: str,
        before: Compiled | None,
        changes: Mapping[ResourceRef, Entry | None],
        rises: Mapping[ResourceRef, Rise | None],
    ) -> Compiled:
        there = [entry for entry in changes.values() if entry is not None]
        resources = [_claimant(entry) for entry in there]
        supplies = {entry.ref: self.lists.supply(entry) for entry in there if entry.ref.kind == "FlagCohort"}
        if before is None:
            served = self._served.pop(name, None)
            restored = None if served is None else Compiled.restore(served)
            return compile_project(resources, project=name, previous=restored, rises=rises, supplies=supplies)
        return before.update(resources, [ref for ref, entry in changes.items() if entry is None], rises, supplies)


def findings_of(entry: Entry, compiled: Compiled | None) -> Sequence[Diagnostic]:
    """Return what the compiler found about `entry` itself; nothing where the entry is not valid."""
    resource = entry.resource
    if resource is None or compiled is None or not entry.valid:
        return ()
    outcome = compiled.state.outcomes.get(node_of(resource))
    found = () if outcome is None else outcome.diagnostics
    return [each for each in (*found, *compiled.advice) if each.resource == entry.ref]


def errors_of(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the errors among `findings`."""
    return tuple(each for each in findings if each.severity is Severity.ERROR)


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
    return Unreadable(entry.ref, node_named(entry.ref.kind, entry.key), entry.uid)


def affected(before: Compiled, after: Compiled) -> set[ResourceRef]:
    """Return the resources whose outcome or users differ between two states of a project."""
    old, new = before.state, after.state
    nodes = {*difference(old.outcomes, new.outcomes, is_), *difference(old.users, new.users, is_)}
    waiting = [node for node in nodes if node not in new.claims]
    for node in waiting:  # what was deleted says nothing itself, but those that need it do
        fresh = [user for user in new.users.get(node, ()) if user not in nodes]
        nodes.update(fresh)
        waiting += [user for user in fresh if user not in new.claims]
    warned = {each.resource for each in {*before.advice} ^ {*after.advice} if each.resource is not None}
    return {ref for node in nodes for ref in _claimants(after, node)} | warned


def _claimants(compiled: Compiled, node: Node) -> Iterable[ResourceRef]:
    return compiled.state.claims.get(node) or ()
