from __future__ import annotations

import pytest

from flagctl.failure import Refused, Unreachable
from flagctl.live.refusal import failure
from flagoperator.cluster.api import ApiError


@pytest.mark.parametrize(
    ("status", "text", "kind", "advice"),
    [
        (409, "conflict with manager", Refused, "; --force-conflicts takes these fields over"),
        (409, "the object has been modified", Refused, "the object has been modified"),
        (422, "spec.x: Invalid", Refused, "spec.x: Invalid"),
        (404, 'namespaces "x" not found', Unreachable, "create the namespace first"),
        (404, "the server could not find the requested resource", Unreachable, "are the CRDs installed?"),
        (403, "flags is forbidden", Unreachable, "flags is forbidden"),
        (500, "etcdserver: timeout", Unreachable, "etcdserver: timeout"),
    ],
)
def test_an_error_of_the_api_server_says_what_to_do(status: int, text: str, kind: type, advice: str) -> None:
    found = failure(ApiError(status, "", text))
    assert isinstance(found, kind)
    assert advice in found.message
