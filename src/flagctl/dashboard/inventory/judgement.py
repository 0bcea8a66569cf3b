"""Judgement: what the compiler says of some resources and of all that refer to them, at the cost of these alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.declaration import told
from flagctl.dashboard.inventory.item import supplies_of
from flagd.compiler import compile_projects
from flagd.compiler.graph.references import stand_ins
from flagd.manifest import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flagctl.dashboard.inventory.inventory import Inventory, Place
    from flagctl.dashboard.inventory.item import Item
    from flagd.compiler import Unreadable
    from flagd.manifest import Diagnostic, Resource, ResourceRef

PLAN = "FlagRolloutPlan"
"""The compiler compares all of this kind in a project: only one may be the default."""


def judged(
    changed: Iterable[Place], own: Mapping[ResourceRef, Item], index: Inventory, models: Mapping[ResourceRef, Resource]
) -> list[Item]:
    """Return what has a name of `changed`, or refers to one, directly or not, with all that is wrong with it.

    Args:
        changed: names, by project, that may mean something else than before.
        own: every resource, with what is wrong with it alone.
        index: the same, by what they are called and what they name.
        models: typed forms that are known already.
    """
    asked = _reached([*changed, *_plans_beside(changed, index)], lambda place: map(_place, index.users(*place)))
    needed = _reached(asked, lambda place: _targets(place, index))
    errors = _errors([own[each.ref] for place in needed for each in index.named(*place)], models)
    return [_with(own[each.ref], errors.get(each.ref, ())) for place in asked for each in index.named(*place)]


def _with(item: Item, errors: Iterable[Diagnostic]) -> Item:
    faults = told(errors)
    return replace(item, faults=(*item.faults, *faults)) if faults else item


def _plans_beside(changed: Iterable[Place], index: Inventory) -> list[Place]:
    projects = {project for project, (names, _) in changed if names == PLAN}
    return [_place(each) for each in index.of_kind(PLAN) if each.ref.namespace in projects]


def _reached(places: Iterable[Place], step: Callable[[Place], Iterable[Place]]) -> list[Place]:
    found: dict[Place, None] = {}
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found[place] = None
            waiting += step(place)
    return list(found)


def _place(item: Item) -> Place:
    return item.ref.namespace, item.node


def _targets(place: Place, index: Inventory) -> list[Place]:
    return [(place[0], node) for each in index.named(*place) for node in each.references]


def _errors(items: Iterable[Item], models: Mapping[ResourceRef, Resource]) -> Mapping[ResourceRef, list[Diagnostic]]:
    resources, refused, members = [], {}, list(items)
    for item in members:
        resource = (models.get(item.ref) if item.is_whole else None) or item.resource
        if resource is None:
            refused[item.ref] = item.key
        else:
            resources.append(resource)
    errors: dict[ResourceRef, list[Diagnostic]] = defaultdict(list)
    readable: list[Resource | Unreadable] = [*resources, *stand_ins(refused, resources)]
    for project in compile_projects(readable, supplies=supplies_of(members)).values():
        for each in project.diagnostics:
            if each.severity is Severity.ERROR and each.resource is not None:
                errors[each.resource].append(each)
    return errors
