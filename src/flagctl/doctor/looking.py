"""Looking: takes a picture of an installation from the API server. It reads, and stores nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from flagctl.doctor.picture import Installation, Picture
from flagctl.doctor.rights import rights_of_flags, rights_of_parts
from flagctl.failure import Refused
from flagd.manifest import API_VERSION, KINDS
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.definitions import definition_releases
from flagoperator.cluster.endpoints import find_endpoints
from flagoperator.cluster.lease import NAME as LEASE
from flagoperator.cluster.relist import unserved_kinds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from flagctl.doctor.rights import Right
    from flagoperator.cluster.api import Api

T = TypeVar("T")
SELECTOR = "app.kubernetes.io/name=flagoperator"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
LEASES = "/apis/coordination.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Question:
    """What to look at.

    Attributes:
        flags: the namespace of the flags; None = all that may be read, else `fallback`.
        fallback: the namespace of the context.
        operator: the namespace of the operator; None = where its Lease is.
        account: ``namespace/name`` of its ServiceAccount; None = that of its Deployment, else ``flagoperator``.
        service: ``namespace/name`` of the Service of flagd; None = ``flagd`` beside the operator.
    """

    flags: str | None
    fallback: str
    operator: str | None = None
    account: str | None = None
    service: str | None = None


async def look(api: Api, question: Question) -> Picture:
    """Return what the API server shows. Raises ApiError where it cannot be asked."""
    return await _Look(api, question).picture()


@dataclass(slots=True)
class _Look:
    """One look, and what it was not allowed to see, by the part that it is about."""

    api: Api
    question: Question
    hidden: dict[str, str] = field(default_factory=dict)

    async def picture(self) -> Picture:
        """Look at one part after another."""
        namespace = self.question.operator or await self._operator()
        deployments = await self._tried("operator", self._deployments(namespace))
        installation = self._installation(namespace, (deployments or {}).get("operator"))
        unserved = await unserved_kinds(self.api)
        service = installation.service
        endpoints = await self._tried("replicas", find_endpoints(self.api, *service))
        return Picture(
            time.time(),
            version("flagoperator"),
            installation,
            unserved,
            releases=await self._tried("versions", definition_releases(self.api)),
            lease=await self._tried("Lease", self._lease(namespace)),
            deployments=deployments,
            endpoints=endpoints if endpoints or "flagd" in (deployments or {}) else None,
            resources=await self._resources(unserved),
            refused=await self._tried("rights", self._refused(installation, deployments or {})),
            hidden=self.hidden,
        )

    async def _tried(self, about: str, asking: Awaitable[T]) -> T | None:
        try:
            return await asking
        except ApiError as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            self.hidden[about] = f"cannot be looked at: {error}"
            return None

    async def _operator(self) -> str:
        """Return where the only Lease of an operator is; the namespace of the context where that cannot be told."""
        try:
            found = await self.api.get(f"{LEASES}/leases", fieldSelector=f"metadata.name={LEASE}")
        except ApiError as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            return self.question.fallback
        names = sorted(each["metadata"]["namespace"] for each in found["items"])
        if len(names) > 1:
            raise Refused(f"there are operators in {', '.join(names)}; name one with --operator-namespace")
        return names[0] if names else self.question.fallback

    def _installation(self, namespace: str, operator: Mapping[str, Any] | None) -> Installation:
        account = self.question.account or f"{namespace}/{_pod(operator).get('serviceAccountName', LEASE)}"
        service = self.question.service or _argument(operator, "evaluation-service") or f"{namespace}/flagd"
        where, _, name = service.partition("/")
        return Installation(namespace, f"system:serviceaccount:{account.replace('/', ':')}", (where, name))

    async def _deployments(self, namespace: str) -> dict[str, Mapping[str, Any]]:
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
        found = (await self.api.get(path, labelSelector=SELECTOR))["items"]
        return {str(each["metadata"]["labels"].get("app.kubernetes.io/component")): each for each in found}

    async def _lease(self, namespace: str) -> Mapping[str, Any]:
        try:
            return await self.api.get(f"{LEASES}/namespaces/{namespace}/leases/{LEASE}")
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return {}

    async def _resources(self, unserved: frozenset[str]) -> Sequence[Mapping[str, Any]] | None:
        served = [kind for kind in KINDS if kind not in unserved]
        everywhere = self.question.flags is None
        try:
            return await self._of(served, self.question.flags)
        except ApiError as error:
            if error.status != HTTPStatus.FORBIDDEN or not everywhere:
                return await self._tried("flags", self._of(served, self.question.flags))
        return await self._tried("flags", self._of(served, self.question.fallback))

    async def _of(self, kinds: Sequence[str], namespace: str | None) -> list[Mapping[str, Any]]:
        lists = [(kind, await self.api.get(collection(kind, namespace))) for kind in kinds]
        return [{"apiVersion": API_VERSION, "kind": kind, **each} for kind, found in lists for each in found["items"]]

    async def _refused(
        self, installation: Installation, deployments: Mapping[str, Mapping[str, Any]]
    ) -> Sequence[Right]:
        operator = deployments.get("operator")
        namespaces = (_argument(operator, "namespaces") or self.question.flags or "").split(",")
        needed = [right for namespace in namespaces for right in rights_of_flags(namespace)]
        reviews = bool(_argument(operator, "subscribers"))
        serving = bool(_argument(operator, "serving-listen"))
        needed += rights_of_parts(installation.namespace, installation.service[0], reviews=reviews, serving=serving)
        allowed = await asyncio.gather(*(self._may(installation.account, right) for right in needed))
        return [right for right, may in zip(needed, allowed, strict=True) if not may]

    async def _may(self, account: str, right: Right) -> bool:
        resource, _, subresource = right.resource.partition("/")
        attributes = {"verb": right.verb, "group": right.group, "resource": resource, "subresource": subresource}
        attributes |= {"namespace": right.namespace, "name": right.name}
        groups = ["system:serviceaccounts", ":".join(["system:serviceaccounts", account.split(":")[2]])]
        spec = {"user": account, "groups": [*groups, "system:authenticated"], "resourceAttributes": attributes}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return bool((await self.api.create(REVIEWS, review))["status"]["allowed"])


def _pod(deployment: Mapping[str, Any] | None) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = ((deployment or {}).get("spec") or {}).get("template", {}).get("spec", {})
    return spec


def _argument(deployment: Mapping[str, Any] | None, name: str) -> str:
    """Return the value of ``--name=value`` of a Deployment's containers; empty where there is none."""
    prefix = f"--{name}="
    given = [text for one in _pod(deployment).get("containers") or () for text in one.get("args") or ()]
    return next((str(text).removeprefix(prefix) for text in given if str(text).startswith(prefix)), "")
