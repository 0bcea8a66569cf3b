import pytest

from flagd.rpc.status import PermissionDenied
from flagd.transport.asgi.entitlement import admit


def body(*events):
    waiting = list(events)

    async def receive():
        return waiting.pop(0)

    return receive, waiting


async def test_who_is_admitted_keeps_the_body():
    receive, waiting = body({"type": "http.request", "body": b"x", "more_body": False})
    await admit(lambda _caller: None, "who", receive)
    assert waiting


async def test_who_is_refused_is_told_after_the_body():
    def refuse(caller):
        raise PermissionDenied(caller)

    receive, waiting = body(
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.request", "body": b"y", "more_body": False},
    )
    with pytest.raises(PermissionDenied, match="who"):
        await admit(refuse, "who", receive)
    assert waiting == []
