"""Flags: the compiled flags of a deployment, as Amplitude's SDKs for local evaluation load them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagd.api.encodings import Encodings
from flagd.rpc.method import Call
from flagd.rpc.route import Response
from flagd.ruleset import canonical_json
from flagd.ruleset.forms.local_sdk import for_local_sdks

if TYPE_CHECKING:
    from flagd.api.access import Access
    from flagd.api.client_rulesets import ClientRulesets
    from flagd.rpc.route import Request
    from flagd.ruleset import Ruleset


class FlagList:
    """Answers ``/sdk/v2/flags``."""

    def __init__(self, access: Access, deliveries: ClientRulesets) -> None:
        self._access = access
        self._deliveries = deliveries
        self._encodings = Encodings("flags")

    async def answer(self, request: Request) -> Response:
        """Return the flags."""
        return Response(200, await self.current(request))

    async def current(self, request: Request) -> bytes:
        """Return the flags that the caller's key opens and those they depend on, as a JSON array on one line.

        Flags that are evaluated remotely, or that the SDKs cannot read, are delivered as off for everybody. Raises as
        `Access.view` does: a Server key is needed.
        """
        view = self._access.view("", Call(request.headers), server=True)
        ruleset = await self._deliveries.deliver(view.snapshot.ruleset, view.deployments)
        place = (ruleset.project, view.deployments)
        return await self._encodings.body(place, ruleset.revision, partial(_encode, ruleset))


def _encode(ruleset: Ruleset) -> bytes:
    flags = (for_local_sdks(ruleset.flags[key]) for key in sorted(ruleset.flags))
    return b"[%b]" % b",".join(map(canonical_json, flags))
