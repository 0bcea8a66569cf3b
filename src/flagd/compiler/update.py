"""Update: one change of a project, from changed resources to the state that follows.

Work is done for the nodes whose resources changed, for those in cycles that appeared or vanished, and
for those that look at a face which changed, until nothing changes any more. Parents come first, so
that most nodes are compiled once. Then it is seen what of that which is gone must stay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.compiler.graph.dependencies import Dependencies
from flagd.compiler.graph.references import node_of, references
from flagd.compiler.key import compile_key
from flagd.compiler.last_good.retention import Retention
from flagd.compiler.last_good.unreadable import Unreadable
from flagd.compiler.outcome import Form, Outcome
from flagd.compiler.publication import Publication
from flagd.compiler.resource import compile_resource
from flagd.compiler.scope import BROKEN, Scope
from flagd.manifest.kinds import Flag, FlagGroup, FlagRolloutPlan
from flagd.ruleset.persistent import ABSENT, Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flagd.compiler.form.rise import Rise
    from flagd.compiler.graph.references import Node
    from flagd.compiler.project import Project
    from flagd.compiler.scope import Face
    from flagd.id_list.id_list import Supply
    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.resource import Resource


class Update:
    """Changes to `project`. Used once: put and remove resources, then `finish`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._resources = Draft(project.resources)
        self._claims = Draft(project.claims)
        self._rises = Draft(project.rises)
        self._supplies = Draft(project.supplies)
        self._plans = Draft(project.plans)
        self._outcomes = Draft(project.outcomes)
        self._links = Dependencies(project)
        self._scope = Scope(self._face, self._rises.look, self._supplies.look)
        self._retention = Retention(project, self._outcomes, self._links, self._named)
        self._linked: set[Node] = set()
        self._dirty: set[Node] = set()

    def put(self, ref: ResourceRef, resource: Resource | Unreadable) -> None:
        """Add `resource`, which `ref` names, or put it in the place of the one with its kind and name.

        An unreadable one keeps the last form of its node, as long as no readable one claims it.
        """
        before = self._resources.look(ref)
        if before is not None and _same(before, resource):
            return
        self._resources[ref] = resource
        if isinstance(resource, FlagRolloutPlan):
            self._plans[ref] = resource
        node = node_of(resource)
        self._dirty.add(node)
        if before is not None:
            if node_of(before) == node:
                return
            self._disclaim(before)
        self._claims[node] = (self._claims.look(node) or frozenset()) | {ref}

    def remove(self, ref: ResourceRef) -> None:
        """Take the resource `ref` out, if it is there."""
        before = self._resources.look(ref)
        if before is not None:
            self._disclaim(before)
            self._resources[ref] = ABSENT
            self._rises[ref] = ABSENT
            self._supplies[ref] = ABSENT
            self._plans[ref] = ABSENT

    def rise(self, ref: ResourceRef, rise: Rise | None) -> None:
        """Have no percentage of the flag `ref` reach farther than `rise` says; None = as far as it asks for."""
        if self._rises.look(ref) == rise:
            return
        self._rises[ref] = ABSENT if rise is None else rise
        resource = self._resources.look(ref)
        if resource is not None:
            self._dirty.add(node_of(resource))

    def supply(self, ref: ResourceRef, supply: Supply | None) -> None:
        """Have the cohort `ref` made from the list in `supply`; None = nobody reads a list for it."""
        if self._supplies.look(ref) == supply:
            return
        self._supplies[ref] = ABSENT if supply is None else supply
        resource = self._resources.look(ref)
        if resource is not None:
            self._dirty.add(node_of(resource))

    def touch(self, nodes: Iterable[Node]) -> None:
        """Have `nodes` compiled again though nothing about them changed."""
        self._dirty.update(nodes)

    def finish(self) -> Project:
        """Return the project with all changes made."""
        while self._dirty:
            for node in self._dirty - self._linked:
                self._link(node)
            self._dirty.update(self._links.settle())
            batch, self._dirty = self._dirty, set()
            self._compile(batch)
            if not self._dirty:
                self._retention.settle()
                self._dirty.update(self._links.settle())
        self._links.close()
        publication = Publication(self._project)
        for node in self._outcomes:
            publication.publish(node, self._outcomes.look(node))
        return replace(
            publication.freeze(),
            resources=self._resources.freeze(),
            claims=self._claims.freeze(),
            uses=self._links.uses.freeze(),
            users=self._links.users.freeze(),
            cycles=self._links.cycles.freeze(),
            rises=self._rises.freeze(),
            supplies=self._supplies.freeze(),
            plans=self._plans.freeze(),
            outcomes=self._outcomes.freeze(),
        )

    def _disclaim(self, resource: Resource | Unreadable) -> None:
        node = node_of(resource)
        self._claims[node] = (self._claims.look(node) or frozenset()) - {resource.ref} or ABSENT
        self._dirty.add(node)

    def _claimants(self, node: Node) -> list[Resource | Unreadable]:
        refs = self._claims.look(node) or ()
        return [resource for ref in refs if (resource := self._resources.look(ref)) is not None]

    def _named(self, node: Node) -> frozenset[Node]:
        named = [references(each) for each in self._claimants(node) if not isinstance(each, Unreadable)]
        return named[0] if len(named) == 1 else frozenset().union(*named)

    def _link(self, node: Node) -> None:
        self._linked.add(node)
        self._links.connect(node, self._named(node))

    def _compile(self, batch: set[Node]) -> None:
        waiting = set(batch)
        for node in self._parents_first(batch):
            waiting.discard(node)
            before, after = self._outcomes.look(node), self._outcome(node)
            self._outcomes[node] = ABSENT if after is None else after
            if (before and before.face) != (after and after.face):
                self._dirty.update(user for user in self._links.users_of(node) if user not in waiting)
            self._retention.question(node, before, after)
            if after is not None and after.held:
                self._link_held(node, after)

    def _link_held(self, node: Node, outcome: Outcome) -> None:
        # A held form still has the parents it was compiled with. New flags must not close a cycle with them.
        self._links.connect(node, self._links.used_by_node(node) | outcome.needs)
        self._dirty.update(self._links.settle())

    def _outcome(self, node: Node) -> Outcome | None:
        claimants = self._claimants(node)
        if not claimants:
            return None
        if len(claimants) == 1 and isinstance(flag := claimants[0], Flag):  # the usual case
            return compile_key(node[1], [flag], self._links.cycle(node), self._last_form(node), self._scope)
        readable = [each for each in claimants if not isinstance(each, Unreadable)]
        if not readable:
            return self._kept(node, [each for each in claimants if isinstance(each, Unreadable)])
        keyed = [each for each in readable if isinstance(each, Flag | FlagGroup)]
        if keyed:
            return compile_key(node[1], keyed, self._links.cycle(node), self._last_form(node), self._scope)
        return compile_resource(readable[0], self._links.cycle(node), self._project.outcomes.get(node), self._scope)

    def _kept(self, node: Node, claimants: list[Unreadable]) -> Outcome | None:
        last = self._project.outcomes.get(node)
        if last is None or last.product is None or last.retained:
            return Outcome(BROKEN)
        form = last.product
        if isinstance(form, Form) and not any(form.belongs_to(each.ref, each.uid) for each in claimants):
            return Outcome(BROKEN)
        face = form.face if isinstance(form, Form) else last.face
        return Outcome(face, product=form, held=True)

    def _last_form(self, node: Node) -> Form | None:
        before = self._project.outcomes.get(node)
        if before is None or before.retained:
            return None
        return before.product if isinstance(before.product, Form) else None

    def _face(self, node: Node) -> Face | None:
        outcome = self._outcomes.look(node)
        return None if outcome is None else outcome.face

    def _parents_first(self, batch: set[Node]) -> Iterator[Node]:
        if len(batch) == 1:
            yield from batch
            return
        seen: set[Node] = set()
        for root in sorted(batch):
            if root in seen:
                continue
            seen.add(root)
            if batch.isdisjoint(self._links.used_by_node(root)):  # the usual flag
                yield root
                continue
            path = [(root, self._parents_in(root, batch))]
            while path:
                node, parents = path[-1]
                parent = next((each for each in parents if each not in seen), None)
                if parent is None:
                    path.pop()
                    yield node
                else:
                    seen.add(parent)
                    path.append((parent, self._parents_in(parent, batch)))

    def _parents_in(self, node: Node, batch: set[Node]) -> Iterator[Node]:
        return iter([each for each in self._links.used_by_node(node) if each in batch])


def _same(before: Resource | Unreadable, after: Resource | Unreadable) -> bool:
    """Return whether nothing differs; what has no version is not compared, which costs as much as compiling it.

    A version is not enough: a store that was put back to an earlier state gives the same one again.
    """
    if isinstance(before, Unreadable) or isinstance(after, Unreadable):
        return before == after
    return before is after or (
        bool(after.metadata.resource_version)
        and before.metadata.resource_version == after.metadata.resource_version
        and before == after
    )
