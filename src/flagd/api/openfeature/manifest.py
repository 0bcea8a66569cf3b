"""Manifest: the flags that a caller sees and their types, of which OpenFeature's command line makes accessors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagd.api.encodings import Encodings
from flagd.api.openfeature.selector import selected_project
from flagd.rpc.limits import FLAGS_BYTES, RESPONSE_BYTES
from flagd.rpc.method import Call
from flagd.rpc.plain import write_json
from flagd.rpc.route import Response, Route
from flagd.rpc.status import TooLarge
from flagd.ruleset.forms.openfeature_flag import openfeature_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.api.access import Access
    from flagd.rpc.route import Request
    from flagd.ruleset import Ruleset

PATH = "/openfeature/v0/manifest"
_HEADERS = {"x-manifest-capabilities": "read"}


class Manifest:
    """Answers ``/openfeature/v0/manifest``. It is made once per revision and kind of caller."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._encodings = Encodings("openfeature manifest")

    async def answer(self, request: Request) -> Response:
        """Return the manifest of the flags that the caller sees.

        Raises what `Access.view` raises, and TooLarge where they are more than an answer may hold.
        """
        call = Call(request.headers)
        view = self._access.view(selected_project(call.metadata), call)
        project, revision = view.source
        encode = partial(_encode, view.snapshot.ruleset, view.keys)
        body = await self._encodings.body((project, view.deployments), revision, encode)
        if len(body) > FLAGS_BYTES:
            raise TooLarge(f"response: larger than {RESPONSE_BYTES} bytes; show a key whose deployment has fewer flags")
        return Response(200, body, headers=_HEADERS)


def manifest_route(access: Access) -> Route:
    """Return the endpoint."""

    def admit(headers: Mapping[str, str]) -> None:
        access.admit(Call(headers))

    return Route("GET", PATH, Manifest(access).answer, admit=admit)


def _encode(ruleset: Ruleset, keys: Sequence[str]) -> bytes:
    return write_json(openfeature_manifest({key: ruleset.flags[key] for key in keys}))
