"""AccessReview: what the API server says somebody else may do.

https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.model import GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.cluster.api import Api

PATH = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
REVIEW_SECONDS = 5.0


async def may_get_flags(api: Api, person: Mapping[str, Any], namespace: str) -> bool:
    """Return whether `person`, as a TokenReview names them, may get flags in `namespace`; empty = in all.

    Raises ApiError when that cannot be found out.
    """
    spec = {
        "user": person.get("username", ""),
        **{name: person[name] for name in ("uid", "groups", "extra") if person.get(name)},
        "resourceAttributes": {"group": GROUP, "resource": "flags", "verb": "get", "namespace": namespace},
    }
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    reply = await api.create(PATH, review, seconds=REVIEW_SECONDS)
    status = reply.get("status")
    return isinstance(status, dict) and status.get("allowed") is True
