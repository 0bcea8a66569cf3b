"""TokenReview: what the API server says of a token that somebody shows to us.

https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.cluster.api import Api, Object

PATH = "/apis/authentication.k8s.io/v1/tokenreviews"
REVIEW_SECONDS = 5.0
_POD_NAME = "authentication.kubernetes.io/pod-name"


@dataclass(frozen=True, slots=True)
class TokenReview:
    """What the API server said of one token.

    Attributes:
        user: name of its owner, such as ``system:serviceaccount:flags:flagd``; "" = the token is worth nothing.
        pod: the pod that it was made for; "" = it is bound to none, or the API server does not say.
        error: why it is worth nothing, in the API server's words; for our log, not for the caller.
        person: its owner as the API server knows them: ``username``, ``uid``, ``groups``, ``extra``.
    """

    user: str
    pod: str = ""
    error: str = ""
    person: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


async def review_token(api: Api, token: str, audience: str = "") -> TokenReview:
    """Ask whose `token` is, and whether it is for `audience`; without one, whether it is for the API server itself.

    Raises ApiError when that cannot be found out.
    """
    reply = await api.create(PATH, _request(token, audience), seconds=REVIEW_SECONDS)
    status = reply.get("status")
    if not isinstance(status, dict):
        raise ApiError(0, "", f"POST {PATH}: an answer without a status")
    if status.get("authenticated") is not True:
        return TokenReview("", error=str(status.get("error") or "not authenticated"))
    # An API server that knows no audiences accepts tokens that are for others, and names none.
    if audience and audience not in _texts(status.get("audiences")):
        return TokenReview("", error=f"the API server does not say that it is for the audience {audience}")
    user = status.get("user")
    if not isinstance(user, dict) or not isinstance(name := user.get("username"), str):
        raise ApiError(0, "", f"POST {PATH}: an answer without a user")
    extra = user.get("extra")
    pods = _texts(extra.get(_POD_NAME)) if isinstance(extra, dict) else []
    return TokenReview(name, pods[0] if pods else "", person=user)


def _request(token: str, audience: str) -> Object:
    spec = {"token": token, **({"audiences": [audience]} if audience else {})}
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
