"""Releases: whether the parts of an installation are of one release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flagctl.doctor.definitions import INSTALL
from flagctl.doctor.finding import Finding, Level
from flagoperator.cluster.definitions import is_older

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagctl.doctor.picture import Picture

ABOUT = "versions"
LABEL = "app.kubernetes.io/version"
NUMBER = re.compile(r"\d{1,6}\.\d{1,6}")


def check(picture: Picture) -> Iterator[Finding]:
    """Say which parts are of another release than others."""
    parts = _parts(picture)
    newest = next((one for one in parts.values() if not any(is_older(one, than) for than in parts.values())), "")
    crds = {name: release for name, release in (picture.releases or {}).items() if is_older(release, newest)}
    if crds:
        told = ", ".join(f"{name} ({release or 'no release'})" for name, release in sorted(crds.items()))
        text = f"CRDs older than {_named(parts, newest)}: {told}; the API server drops fields that they do not know"
        yield Finding(Level.WARNING, ABOUT, text, INSTALL)
    older = {part: release for part, release in parts.items() if is_older(release, newest)}
    if older:
        told = " and ".join(f"{part} is {release}" for part, release in older.items())
        text = f"{told}, older than {_named(parts, newest)}"
        yield Finding(Level.WARNING, ABOUT, text, "bring all parts to one release: helm upgrade, and a flagctl like it")
    if not crds and not older:
        yield Finding(Level.OK, ABOUT, f"every part that says its release is {newest}")


def _parts(picture: Picture) -> dict[str, str]:
    running = {name: release for name, each in (picture.deployments or {}).items() if (release := _release(each))}
    newer = [each for each in (picture.releases or {}).values() if is_older(picture.release, each)]
    return {"flagctl": picture.release, **running, **({"a CRD": newer[0]} if newer else {})}


def _release(deployment: Mapping[str, Any]) -> str:
    """Return the release that a Deployment runs: the tag of its image, else what its label says; empty = not known."""
    pod = ((deployment.get("spec") or {}).get("template") or {}).get("spec") or {}
    images = [str(each.get("image", "")) for each in pod.get("containers") or ()]
    tags = [image.rpartition("/")[2].partition("@")[0].partition(":")[2] for image in images[:1]]
    labels = deployment["metadata"].get("labels") or {}
    return next((tag for tag in tags if NUMBER.match(tag)), str(labels.get(LABEL, "")))


def _named(parts: Mapping[str, str], release: str) -> str:
    return " and ".join(part for part, one in parts.items() if one == release) + f" {release}"
