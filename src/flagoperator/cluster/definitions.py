"""Definitions: of which release the CRDs are that the cluster has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flagd.manifest.crd import VERSION_ANNOTATION
from flagd.manifest.kinds import KINDS
from flagd.manifest.model import GROUP
from flagoperator.cluster.api import METADATA, ApiError

if TYPE_CHECKING:
    from flagoperator.cluster.api import Api

PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
NOT_FOUND = 404


async def definition_releases(api: Api) -> dict[str, str]:
    """Return the release of each CRD that is installed, by its name; empty text where it says none.

    Raises ApiError, also where the operator may not read them.
    """
    found = {}
    for kind in KINDS.values():
        name = f"{kind.plural}.{GROUP}"
        try:
            crd = await api.get(f"{PATH}/{name}", accept=METADATA)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            continue
        found[name] = str((crd["metadata"].get("annotations") or {}).get(VERSION_ANNOTATION, ""))
    return found


def is_older(release: str, than: str) -> bool:
    """Return whether `release` comes before `than`, by their numbers; what has none is older than everything."""
    return _numbers(release) < _numbers(than)


def _numbers(release: str) -> list[int]:
    found = re.match(r"\d{1,6}(\.\d{1,6}){0,3}", release)
    numbers = [int(each) for each in found[0].split(".")] if found else [-1]
    return numbers + [0] * (4 - len(numbers))
