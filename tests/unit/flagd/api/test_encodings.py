"""What many callers get is made once, and what nobody asks for any more is let go."""

import asyncio

from flagd.api.encodings import Encodings


async def test_a_revision_is_encoded_once_for_all_who_ask():
    made, encodings = [], Encodings("test")

    def encode():
        made.append(1)
        return b"body"

    assert await asyncio.gather(*(encodings.body("shop", "r1", encode) for _ in range(3))) == [b"body"] * 3
    assert await encodings.body("shop", "r1", encode) == b"body"
    assert len(made) == 1
    assert await encodings.body("shop", "r2", encode) == b"body"
    assert len(made) == 2


async def test_projects_that_come_and_go_leave_nothing_behind():
    made, encodings = [], Encodings("test", most=2)

    async def ask(project):
        await encodings.body(project, "r", lambda: made.append(project) or b"")

    for project in ("kept", "pr-1", "kept", "pr-2", "kept", "pr-3", "kept"):
        await ask(project)
    assert made == ["kept", "pr-1", "pr-2", "pr-3"]
    await ask("pr-1")
    assert made[-1] == "pr-1"


async def test_one_that_leaves_does_not_take_the_others_along():
    encodings = Encodings("test")
    first = asyncio.create_task(encodings.body("shop", "r", lambda: b"body"))
    await asyncio.sleep(0)
    first.cancel()
    assert await encodings.body("shop", "r", lambda: b"other") == b"body"
