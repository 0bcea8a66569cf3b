"""Definitions: of which release the CRDs are that the cluster has."""

from __future__ import annotations

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
