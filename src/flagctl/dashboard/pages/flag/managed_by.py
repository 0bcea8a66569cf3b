"""Manager: who manages a flag, as far as its labels, annotations and field managers say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagctl.dashboard.inventory.item import Item

_TRACKING = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance", "app.kubernetes.io/instance")
_SOURCES = ("flagoperator.dev/source", "app.kubernetes.io/source", "link.argocd.argoproj.io/source")
"""Annotations that name the file in a repository; the first that is an https link counts."""


@dataclass(frozen=True, slots=True)
class Manager:
    """Who manages a flag.

    Attributes:
        text: ``Argo CD application shop``; empty where nobody says.
        link: https address of the file in a repository; empty where no annotation names one.
    """

    text: str = ""
    link: str = ""


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
