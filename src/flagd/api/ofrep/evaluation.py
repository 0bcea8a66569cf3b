"""Evaluation: one flag, or all that the caller sees, for one context."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import orjson

from flagd.api.ofrep.body import Bodies
from flagd.api.ofrep.events import stream_address
from flagd.api.ofrep.failure import InvalidContext
from flagd.api.ofrep.question import caller, given_context
from flagd.api.openfeature.context import evaluation_context
from flagd.api.openfeature.selector import selected_project
from flagd.resolution import FLAG_SET_ID
from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.rpc.plain import write_json
from flagd.rpc.route import Response
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.api.access import Access
    from flagd.api.view import View
    from flagd.rpc.method import Call
    from flagd.rpc.route import Request

INACTIVITY_SECONDS = 120
"""How long a page in the background should keep its event stream."""


_SUFFIX = re.compile(r"[-;](gzip|deflate|br|zstd|df)$")
"""What Apache and others add to the tag of an answer that they have compressed."""


class Evaluation:
    """Answers ``/ofrep/v1/evaluate/flags`` and what is below it."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._bodies = Bodies()

    async def evaluate(self, request: Request) -> Response:
        """Return one flag. Raises NotFound for one that the caller does not see."""
        if not request.tail:
            return await self.evaluate_all(request)
        view = self._view(caller(request.headers))
        check_text(request.tail, "key", KEY_BYTES)
        variant = view.variant(_context(given_context(request)), request.tail)
        ruleset = view.snapshot.ruleset
        return Response(200, self._bodies.find(ruleset.flags[request.tail], variant, ruleset.project))

    async def evaluate_all(self, request: Request) -> Response:
        """Return all flags, or 304 where the caller has this revision's answers for this context."""
        call = caller(request.headers)
        view = self._view(call)
        context = _context(given_context(request))
        etag = _etag(view, request.body)
        if _is_known(etag, request.headers):
            return Response(304, content_type="", headers={"etag": etag})
        return Response(200, self._all(view, context, call), headers={"etag": etag})

    def _all(self, view: View, context: dict[str, Any], call: Call) -> bytes:
        ruleset = view.snapshot.ruleset
        variants = view.variants(context, ())
        view.count(variants, context)
        flags = [self._bodies.find_any(ruleset.flags[key], variants.get(key), ruleset.project) for key in view.keys]
        endpoint = {"requestUri": stream_address(ruleset.project, call)}
        streams = [{"type": "sse", "endpoint": endpoint, "inactivityDelaySec": INACTIVITY_SECONDS}]
        rest = write_json({"metadata": {FLAG_SET_ID: ruleset.project}, "eventStreams": streams})
        return b'{"flags":[%b],%b' % (b",".join(flags), rest[1:])

    def _view(self, call: Call) -> View:
        return self._access.view(selected_project(call.metadata), call)


def _context(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return evaluation_context(given)
    except InvalidArgument as error:
        raise InvalidContext(error.message) from None


def _etag(view: View, body: bytes) -> str:
    """Return a name for all that the answer depends on; of two texts of one context, each has its own."""
    deployments = None if view.deployments is None else sorted(view.deployments)
    who = orjson.dumps([view.snapshot.ruleset.project, view.snapshot.revision, deployments])
    # Weak: compressing gateways keep it, for what they send differs in its bytes and in nothing else.
    return f'W/"{hashlib.sha256(who + body).hexdigest()[:32]}"'


def _is_known(etag: str, headers: Mapping[str, str]) -> bool:
    """Whether If-None-Match names the tag: alone or in a list, weak or not, with the suffix that gateways add."""
    wanted = etag.removeprefix("W/").strip('"')
    return any(tag in {wanted, "*"} for tag in map(_bare, headers.get("if-none-match", "").split(",")))


def _bare(tag: str) -> str:
    bare = tag.strip().removeprefix("W/").strip('"')
    return _SUFFIX.sub("", bare)
