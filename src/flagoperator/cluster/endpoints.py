"""Endpoints: which pods of the evaluation service are ready, by its EndpointSlices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagoperator.cluster.api import Api


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One pod behind a Service.

    Attributes:
        pod: its name.
        address: its IP.
        ready: whether it gets traffic.
    """

    pod: str
    address: str
    ready: bool


async def find_endpoints(api: Api, namespace: str, service: str) -> frozenset[Endpoint]:
    """Return the pods behind `service`. Raises ApiError."""
    found = await api.get(
        f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices",
        labelSelector=f"kubernetes.io/service-name={service}",
        limit="500",
    )
    endpoints = set()
    for piece in found.get("items") or ():
        for each in piece.get("endpoints") or ():
            pod, addresses = (each.get("targetRef") or {}).get("name"), each.get("addresses")
            if pod and addresses:
                # Absent means ready, says the API.
                ready = (each.get("conditions") or {}).get("ready") is not False
                endpoints.add(Endpoint(pod, addresses[0], ready))
    return frozenset(endpoints)
