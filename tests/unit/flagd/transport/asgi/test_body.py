"""Bodies: read to their end before a refusal, but not for ever."""

import pytest

from flagd.transport.asgi import body
from flagd.transport.asgi.body import pass_over_body


class Caller:
    """Hands out the parts of a body and counts them; a part that is None never comes."""

    def __init__(self, *parts):
        self.parts = list(parts)
        self.read = 0

    async def receive(self):
        part = self.parts.pop(0)
        if part is None:
            raise TimeoutError
        self.read += 1
        if part == "gone":
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ([b""], 1),
        ([b"a", b"b", b"c"], 3),
        ([b"a", "gone"], 2),
        ([b"x" * body.PASS_OVER_BYTES, b"y", b"never asked for"], 2),
        ([b"a", None], 1),
    ],
)
async def test_a_small_body_is_passed_over_and_a_large_or_slow_one_given_up(parts, read):
    caller = Caller(*parts)
    await pass_over_body(caller.receive)
    assert caller.read == read
