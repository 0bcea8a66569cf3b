"""Compiled: a project as the compiler left it, ready to serve and ready for the next change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flagd.compiler.advice.default_plan import rival_defaults
from flagd.compiler.advice.overweight import overweight
from flagd.compiler.form.limit import admitted
from flagd.compiler.form.prerequisite import unmeetable
from flagd.compiler.graph.references import KEY, node_of
from flagd.compiler.last_good.retention import retained_for
from flagd.compiler.last_good.seeding import restore
from flagd.compiler.outcome import Form
from flagd.compiler.project import Project
from flagd.compiler.update import Update
from flagd.ruleset.metadata.private import amplitude_form
from flagd.ruleset.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flagd.compiler.form.limit import Limits
    from flagd.compiler.form.rise import Rise
    from flagd.compiler.graph.references import Node
    from flagd.compiler.last_good.unreadable import Unreadable
    from flagd.compiler.outcome import Outcome
    from flagd.id_list.id_list import Supply
    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.manifest.resource import Resource
    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.flag import EvaluationFlag

NO_RISES: Mapping[ResourceRef, Rise | None] = {}
NO_SUPPLIES: Mapping[ResourceRef, Supply | None] = {}


@dataclass(frozen=True)
class Compiled:
    """The result of compiling one project. Never changed; `update` makes the next.

    Attributes:
        state: the compiler's own view of the project, from which everything else here is read.
    """

    state: Project

    @classmethod
    def restore(cls, ruleset: Ruleset) -> Compiled:
        """Return what served `ruleset`, to be the `previous` of the first compilation after a restart.

        The resources are not known: every one of them is compiled, and what none of them claims goes.
        """
        return cls(restore(ruleset))

    @cached_property
    def flags(self) -> list[EvaluationFlag]:
        """All published flags, groups included, by key, as Amplitude compiles them."""
        return [amplitude_form(flag) for flag in self.state.flags.values()]

    @cached_property
    def cohorts(self) -> dict[str, Cohort]:
        """All cohorts by name."""
        return dict(self.state.cohorts)

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that is wrong, by resource and path, and what is retained though it was deleted.

        Without locations: `Loaded.locate` adds them.
        """
        found = [each for node in self.state.faulty for each in self.state.outcomes[node].diagnostics]
        found += self.advice
        return sorted(found, key=lambda each: (str(each.resource), each.path, each.reason, each.message))

    @cached_property
    def advice(self) -> list[Diagnostic]:
        """What is said of resources because of all the others: the heaviest flags, plans that are default twice."""
        return [*overweight(self.state), *rival_defaults(self.state.plans.values())]

    @cached_property
    def revision(self) -> str:
        """Content hash of the ruleset, 64 hexadecimal digits."""
        return self.state.digest.revision

    @cached_property
    def ruleset(self) -> Ruleset:
        """What is published."""
        state = self.state
        return Ruleset(
            project=state.name,
            flags=state.flags,
            cohorts=state.cohorts,
            deployments=state.deployments,
            visibility=state.visibility,
            revision=self.revision,
        )

    def update(
        self,
        changed: Iterable[Resource | Unreadable],
        removed: Iterable[ResourceRef] = (),
        rises: Mapping[ResourceRef, Rise | None] = NO_RISES,
        supplies: Mapping[ResourceRef, Supply | None] = NO_SUPPLIES,
    ) -> Compiled:
        """Return the project with `changed` resources added or replaced and `removed` ones gone, new rises and lists.

        The cost is that of the changed resources and of those that refer to them, whatever the size of
        the project. A flag that is broken now keeps the form it has here, with all that this form needs.
        """
        update = Update(self.state)
        for ref in removed:
            update.remove(ref)
        for resource in changed:
            ref = resource.ref
            if ref.namespace == self.state.name:
                update.put(ref, resource)
        return self._finished(update, rises, supplies)

    def replace(
        self,
        resources: Iterable[Resource | Unreadable],
        rises: Mapping[ResourceRef, Rise | None] = NO_RISES,
        supplies: Mapping[ResourceRef, Supply | None] = NO_SUPPLIES,
    ) -> Compiled:
        """Return the project with `resources` and nothing else, at the cost of what differs and a look at the rest."""
        named = ((resource.ref, resource) for resource in resources)
        given = {ref: resource for ref, resource in named if ref.namespace == self.state.name}
        update = Update(self.state)
        update.touch(node for node in self.state.outcomes if node not in self.state.claims)
        for ref in self.state.resources:
            if ref not in given:
                update.remove(ref)
        for ref, resource in given.items():
            update.put(ref, resource)
        return self._finished(update, rises, supplies)

    def _finished(
        self, update: Update, rises: Mapping[ResourceRef, Rise | None], supplies: Mapping[ResourceRef, Supply | None]
    ) -> Compiled:
        for ref, rise in rises.items():
            update.rise(ref, rise)
        for ref, supply in supplies.items():
            if ref.namespace == self.state.name:
                update.supply(ref, supply)
        return Compiled(update.finish())

    def flag_revision(self, key: str) -> str | None:
        """Return the content hash of one published flag; None if `key` is not published."""
        form = self._form(key)
        return None if form is None else form.content.hex()

    def measured(self, key: str) -> bytes:
        """Return the hash of all of `key` but its percentages; empty where it has no limits, or is not published."""
        form = self._form(key)
        return b"" if form is None else form.measured

    def admitted(self, key: str) -> Limits:
        """Return how far each allocation of `key` reaches as it is published, in units of 0.001 %, by name."""
        form = self._form(key)
        return {} if form is None else admitted(form.flag)

    def owner(self, key: str) -> ResourceRef | None:
        """Return the resource that the published form of `key` came from."""
        form = self._form(key)
        return None if form is None else form.owner

    @property
    def served(self) -> list[Node]:
        """All that is in the ruleset by right: nothing that is retained."""
        return [node for node, each in self.state.outcomes.items() if each.product is not None and not each.retained]

    @cached_property
    def held(self) -> list[str]:
        """Keys of the flags that are broken and served in their last good form."""
        outcomes = self.state.outcomes
        return [name for kind, name in self.state.faulty if kind == KEY and outcomes[kind, name].held]

    def retained_for(self, key: str) -> list[tuple[str, str]]:
        """Return kind and name of what was deleted and is retained for the last good form of `key`."""
        return list(retained_for((KEY, key), self.state.outcomes))

    def shut_by(self, key: str) -> list[str]:
        """Return the keys of the parents that turn off the last good form of `key` for everybody but its testers."""
        form, outcomes = self._form(key), self.state.outcomes
        if form is None or not outcomes[KEY, key].held:
            return []
        return unmeetable(form.flag, lambda parent: _variants(outcomes.get((KEY, parent))))

    def used_by(self, resource: Resource) -> list[ResourceRef]:
        """Return the resources that refer to `resource` directly, by kind and name."""
        users = self.state.users.get(node_of(resource), ())
        return sorted(ref for user in users for ref in self.state.claims.get(user, ()))

    def _form(self, key: str) -> Form | None:
        outcome: Outcome | None = self.state.outcomes.get((KEY, key))
        if outcome is None or outcome.retained:
            return None
        return outcome.product if isinstance(outcome.product, Form) else None


def _variants(outcome: Outcome | None) -> frozenset[str]:
    product = None if outcome is None else outcome.product
    return product.face.variants if isinstance(product, Form) else frozenset()


def compile_project(
    resources: Iterable[Resource | Unreadable],
    *,
    project: str = "default",
    previous: Compiled | None = None,
    rises: Mapping[ResourceRef, Rise | None] = NO_RISES,
    supplies: Mapping[ResourceRef, Supply | None] = NO_SUPPLIES,
) -> Compiled:
    """Compile the resources of one namespace.

    Never raises for resources that `flagd.manifest.validate` returned: it has checked each of them, and what is wrong
    between them becomes a diagnostic. For a resource that nobody checked nothing is promised.

    Args:
        resources: all of them; those of other namespaces are left out. Order does not matter.
        project: the namespace.
        previous: the result before. Broken flags keep the form they have in it, changes of bucketing are
            judged against it, and only what differs from it is compiled.
        rises: how far the percentages of flags reach at most that rise step by step.
        supplies: the lists of cohorts that are made from one, by cohort; others are empty, with a warning.
    """
    before = Compiled(Project(project)) if previous is None else previous
    return before.replace(resources, rises, supplies)


def compile_projects(
    resources: Iterable[Resource | Unreadable],
    previous: Mapping[str, Compiled] | None = None,
    supplies: Mapping[ResourceRef, Supply | None] = NO_SUPPLIES,
) -> dict[str, Compiled]:
    """Compile every namespace that has resources, with the lists in `supplies`; the result is by namespace."""
    previous = previous or {}
    return {
        name: compile_project(members, project=name, previous=previous.get(name), supplies=supplies)
        for name, members in sorted(_by_namespace((resource.ref, resource) for resource in resources).items())
    }


def update_projects(
    resources: Mapping[ResourceRef, Resource | Unreadable],
    differing: Collection[ResourceRef],
    previous: Mapping[str, Compiled],
    supplies: Mapping[ResourceRef, Supply | None] = NO_SUPPLIES,
) -> dict[str, Compiled]:
    """Return what `compile_projects` returns for `resources`, at the cost of those that differ.

    `previous` was compiled, by this function or by that one, of the same resources but for those `differing`.
    """
    changed = _by_namespace((ref, resources[ref]) for ref in differing if ref in resources)
    removed: dict[str, list[ResourceRef]] = {}
    for ref in differing:
        if ref not in resources:
            removed.setdefault(ref.namespace, []).append(ref)
    names = previous.keys() | changed.keys()
    if removed:
        names &= {ref.namespace for ref in resources}
    return {
        name: previous[name].update(changed.get(name, ()), removed.get(name, ()), supplies=supplies)
        if name in previous
        else compile_project(changed[name], project=name, supplies=supplies)
        for name in sorted(names)
    }


def _by_namespace(
    named: Iterable[tuple[ResourceRef, Resource | Unreadable]],
) -> dict[str, list[Resource | Unreadable]]:
    namespaces: dict[str, list[Resource | Unreadable]] = {}
    for ref, resource in named:
        namespaces.setdefault(ref.namespace, []).append(resource)
    return namespaces
