"""Picture: what a cluster shows of an installation at one moment, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.doctor.rights import Right
    from flagoperator.cluster.endpoints import Endpoint


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the parts of an installation are.

    Attributes:
        namespace: of the operator and its Lease.
        account: the operator's ServiceAccount, as the API server names a user.
        service: namespace and name of the Service of flagd.
    """

    namespace: str
    account: str
    service: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """What was seen. None where it could not be looked at; `hidden` then says why not.

    Attributes:
        now: seconds since 1970, by the clock of this machine.
        release: of flagctl.
        installation: where its parts are.
        unserved: our kinds that the API server does not serve.
        releases: of the CRDs, by name.
        lease: the operator's Lease; empty where there is none.
        deployments: those of the chart, by component (``operator``, ``flagd``).
        endpoints: the pods behind the Service of flagd; None also where no such Service has any.
        resources: all of ours, of the namespaces that were looked at.
        refused: what the operator needs to do and may not.
        hidden: what could not be looked at, by the part that it is about.
    """

    now: float
    release: str
    installation: Installation
    unserved: frozenset[str] | None = None
    releases: Mapping[str, str] | None = None
    lease: Mapping[str, Any] | None = None
    deployments: Mapping[str, Mapping[str, Any]] | None = None
    endpoints: frozenset[Endpoint] | None = None
    resources: Sequence[Mapping[str, Any]] | None = None
    refused: Sequence[Right] | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
