"""Flag page: everything about one flag."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flagctl.dashboard.pages.ladder import Ladder, ladder_of
from flagctl.dashboard.pages.row import Part, Row, parts_of, row_of
from flagctl.dashboard.pages.sentence import audience, sentence
from flagctl.dashboard.pages.serving import Serving, serving_of
from flagd.compiler.graph.references import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item

_DEEPEST = 5
_WRITTEN = ("name", "namespace", "labels", "annotations")
_MOST_USERS = 50
_TRACKING = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance", "app.kubernetes.io/instance")
_SOURCES = ("flagoperator.dev/source", "app.kubernetes.io/source", "link.argocd.argoproj.io/source")
"""Annotations that name the file in a repository; the first that is an https link counts."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """One segment, or All Other Users.

    Attributes:
        name: of it.
        who: its conditions as a phrase.
        percent: how far it reaches now, text.
        goal: how far it is to reach, text.
        parts: the variants by weight.
    """

    name: str
    who: str
    percent: str
    goal: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class VariantLine:
    """One variant, as the manifest has it.

    Attributes:
        key: what callers see.
        name: display name; empty without one.
        description: what it does; empty without one.
        value: empty where it is the key.
        payload: as JSON; empty without one.
    """

    key: str
    name: str
    description: str
    value: str
    payload: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One prerequisite, with its own below it.

    Attributes:
        key: of the other flag.
        name: of its object; empty where it is not to be seen.
        variants: those that count as met.
        branches: its prerequisites.
    """

    key: str
    name: str
    variants: tuple[str, ...]
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Manager:
    """Who manages a flag.

    Attributes:
        text: ``Argo CD application shop``; empty where nobody says.
        link: https address of the file in a repository; empty where no annotation names one.
    """

    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class FlagPage:
    """One flag. What is not commented is as in the manifest."""

    row: Row
    description: str
    sentence: str
    allocations: tuple[Allocation, ...]
    variants: tuple[VariantLine, ...]
    testers: tuple[tuple[str, int], ...]
    prerequisites: tuple[Branch, ...]
    used_by: tuple[Mapping[str, str], ...]
    groups: tuple[str, ...]
    deployments: tuple[str, ...]
    conditions: tuple[Mapping[str, str], ...]
    ladder: Ladder | None
    serving: Serving | None
    manager: Manager
    faults: tuple[str, ...]
    yaml: str
    effective: str
    salt: str
    bucketing: str


def flag_page(item: Item, view: View, today: date) -> FlagPage:
    """Return the page of the flag `item`."""
    spec = item.spec
    return FlagPage(
        row=row_of(item, today),
        description=str(spec.get("description") or ""),
        sentence=sentence(spec) if spec else "",
        allocations=tuple(_allocations(item)),
        variants=tuple(map(_variant, spec.get("variants") or ())),
        testers=tuple(_testers(spec)),
        prerequisites=_branches(item, view, ()),
        used_by=tuple(link_of(each) for each in view.users(item)[:_MOST_USERS]),
        groups=tuple(_group(each) for each in spec.get("memberOf") or ()),
        deployments=tuple(map(str, spec.get("deployments") or ())),
        conditions=tuple(map(_condition, item.status.get("conditions") or ())),
        ladder=ladder_of(item, view),
        serving=serving_of(item),
        manager=manager_of(item),
        faults=item.faults,
        yaml=_yaml(_manifest(item)) if spec else "",
        effective=_yaml(item.status["effective"]) if item.status.get("effective") else "",
        salt=str((spec.get("bucketing") or {}).get("salt") or item.key),
        bucketing=_bucketing(spec.get("bucketing") or {}),
    )


def link_of(item: Item) -> dict[str, str]:
    """Return what a link to `item` is made of."""
    return {"kind": item.ref.kind, "namespace": item.ref.namespace, "name": item.ref.name, "key": item.key}


def manager_of(item: Item) -> Manager:
    """Return who manages `item`, by its labels, annotations and field managers."""
    labels = item.metadata.get("labels") or {}
    link = next((item.annotations[name] for name in _SOURCES if _is_link(item.annotations.get(name))), "")
    flux = labels.get("kustomize.toolkit.fluxcd.io/name")
    helm = labels.get("helm.toolkit.fluxcd.io/name")
    argo = next((item.annotations.get(name) for name in _TRACKING if item.annotations.get(name)), None)
    if flux:
        return Manager(f"Flux Kustomization {labels.get('kustomize.toolkit.fluxcd.io/namespace', '')}/{flux}", link)
    if helm:
        return Manager(f"Flux HelmRelease {labels.get('helm.toolkit.fluxcd.io/namespace', '')}/{helm}", link)
    if argo or item.manager.startswith("argocd"):
        return Manager(f"Argo CD application {str(argo or '').partition(':')[0]}".strip(), link)
    return Manager(f"field manager {item.manager}" if item.manager else "", link)


def _is_link(text: str | None) -> bool:
    return text is not None and text.startswith("https://") and len(text) <= 2048


def _allocations(item: Item) -> Iterator[Allocation]:
    spec, variants = item.spec, item.spec.get("variants") or ()
    effective = (item.status.get("effective") or {}).get("allocations") or ()
    reached = {str(each.get("name")): str(each.get("percent")) for each in effective}
    for each in spec.get("segments") or ():
        rollout, name = each.get("rollout") or {}, str(each.get("name"))
        goal = str(rollout.get("percent", 0))
        parts = parts_of(variants, rollout.get("weights"))
        yield Allocation(name, audience(each), reached.get(name, goal), goal, parts)
    if spec:
        rest = spec.get("allOtherUsers") or {}
        goal = str(rest.get("percent", 0))
        name = "All Other Users"
        yield Allocation(name, "everybody else", reached.get(name, goal), goal, parts_of(variants, rest.get("weights")))


def _variant(told: Mapping[str, Any]) -> VariantLine:
    payload = told.get("payload")
    key, name, description, value = (str(told.get(field) or "") for field in ("key", "name", "description", "value"))
    shown = "" if payload is None else json.dumps(payload, ensure_ascii=False)
    return VariantLine(key, name, description, value, shown)


def _condition(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(told.get(name) or "") for name in ("type", "status", "reason", "message", "lastTransitionTime")}


def _testers(spec: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    named = [(str(each.get("key")), each.get("testers")) for each in spec.get("variants") or ()]
    for key, testers in [*named, ("off", spec.get("offTesters"))]:
        count = _count(testers)
        if count:
            yield key, count


def _count(testers: Any) -> int:  # noqa: ANN401
    if isinstance(testers, dict):
        return sum(map(_count, testers.values()))
    return len(testers) if isinstance(testers, list) else 0


def _branches(item: Item, view: View, above: tuple[str, ...]) -> tuple[Branch, ...]:
    found = []
    for each in (item.spec.get("prerequisites") or {}).get("flags") or ():
        key = str(each.get("key"))
        other = view.find(item.ref.namespace, (KEY, key))
        deeper = other is not None and len(above) < _DEEPEST and key not in above
        below = _branches(other, view, (*above, key)) if other is not None and deeper else ()
        name = "" if other is None else other.ref.name
        found.append(Branch(key, name, tuple(map(str, each.get("variants") or ())), below))
    return tuple(found)


def _group(membership: Mapping[str, Any]) -> str:
    slot = membership.get("slot")
    return f"{membership.get('group')}{f', {slot}' if slot else ''}"


def _bucketing(bucketing: Mapping[str, Any]) -> str:
    unit = str(bucketing.get("unit") or "User")
    return str(bucketing.get("key") or ("user.user_id" if unit == "User" else f"groups.{unit}.name"))


def _manifest(item: Item) -> dict[str, Any]:
    """Return `item` as people commit it, without what the API server writes."""
    metadata = {name: item.metadata[name] for name in _WRITTEN if item.metadata.get(name)}
    return {**{name: item.raw.get(name) for name in ("apiVersion", "kind")}, "metadata": metadata, "spec": item.spec}


def _yaml(data: Any) -> str:  # noqa: ANN401
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
