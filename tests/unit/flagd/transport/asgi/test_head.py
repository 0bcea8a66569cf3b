import pytest

from flagd.transport.asgi.body import Disconnected
from flagd.transport.asgi.head import HeadSend

START = {"type": "http.response.start", "status": 200, "headers": [], "trailers": True}


def part(more):
    return {"type": "http.response.body", "body": b"text", "more_body": more}


async def sent(*events):
    told = []

    async def send(event):
        told.append(event)

    head = HeadSend(send)
    for event in events:
        await head(event)
    return told


async def test_an_answer_is_told_without_its_body():
    start, end = await sent(START, part(more=False))
    assert start == START | {"trailers": False}
    assert end == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_stream_ends_at_its_first_part():
    with pytest.raises(Disconnected):
        await sent(START, part(more=True))
