"""Cohort: who is in a cohort, as Amplitude's SDKs for local evaluation download it."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.rpc.method import Call
from flagd.rpc.query import parameters
from flagd.rpc.route import Response
from flagd.rpc.status import InvalidArgument, NotFound
from flagd.ruleset import canonical_json
from flagd.ruleset.forms.jsonform import cohort_to_json
from flagd.ruleset.hashed_ids import HashedIds
from flagd.ruleset.revision import hash_cohort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.api.access import Access
    from flagd.api.client_rulesets import ClientRulesets
    from flagd.rpc.route import Request
    from flagd.ruleset import Cohort

_BASIC = "basic "
_DIGITS = 19
HASHED = (
    "this cohort is a list that was fetched: flagd keeps hashes of its ids, so they cannot be handed out. "
    "Evaluate its flags remotely, or with the Python client"
)


class CohortList:
    """Answers ``/sdk/v1/cohort/<id>``."""

    def __init__(self, access: Access, deliveries: ClientRulesets) -> None:
        self._access = access
        self._deliveries = deliveries

    async def answer(self, request: Request) -> Response:
        """Return the members; 204 where the caller has them, 413 where they are more than it takes, or only hashes.

        The caller's API key is a Server deployment key, sent as the user name of Basic authentication. It sees the
        cohorts that its flags name.
        """
        view = self._access.view("", Call(_with_key(request.headers)), server=True)
        ruleset = await self._deliveries.deliver(view.snapshot.ruleset, view.deployments)
        cohort = ruleset.cohorts.get(request.tail)
        if cohort is None:
            raise NotFound("unknown cohort")
        if isinstance(cohort.members, HashedIds):
            return _refused(HASHED)
        query = parameters(request.query)
        size, most = len(cohort.members), _number(query, "maxCohortSize")
        if most is not None and size > most:
            return _refused(f"the cohort has {size} members")
        modified, body = await asyncio.to_thread(_encode, request.tail, cohort)
        if _number(query, "lastModified") == modified:
            return Response(204, content_type="")
        return Response(200, body)


def _refused(message: str) -> Response:
    # The one status at which Amplitude's SDKs do not ask again.
    return Response(413, canonical_json({"code": "resource_exhausted", "message": message}))


@lru_cache(64)
def _encode(cohort_id: str, cohort: Cohort) -> tuple[int, bytes]:
    # Nobody knows when a cohort changed, so its content stands for the time: SDKs only send it back. All replicas
    # agree on it, it fits a double, and it is never 0, which Node's SDK would not send.
    modified = (int.from_bytes(hash_cohort(cohort)[:8]) >> 12) + 1
    form = {
        "cohortId": cohort_id,
        "lastModified": modified,
        "size": len(cohort.members),
        "memberIds": cohort_to_json(cohort)["members"],
        "groupType": cohort.unit,
    }
    return modified, canonical_json(form)


def _with_key(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with the user name of Basic authentication as the deployment key."""
    given = headers.get("authorization")
    if given is None or given[: len(_BASIC)].lower() != _BASIC:
        return dict(headers)
    try:
        key, _, _ = b64decode(given[len(_BASIC) :], validate=True).decode().partition(":")
    except ValueError:
        key = ""
    return {"authorization": f"Api-Key {key}"}


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InvalidArgument(f"{name}: must be a number of at most {_DIGITS} digits")
    return int(text)
