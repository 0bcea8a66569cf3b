from __future__ import annotations

import asyncio
import logging

from flagd.server.reminder import remind


async def test_the_cause_is_said_again_until_there_is_none(caplog):
    caplog.set_level(logging.WARNING)
    causes = ["no ruleset: refused", "no ruleset: no answer", ""]
    asked = asyncio.Event()

    def reason():
        if len(causes) == 1:
            asked.set()
            return causes[0]
        return causes.pop(0)

    task = asyncio.create_task(remind(reason, 0.0))
    async with asyncio.timeout(60):
        await asked.wait()
    task.cancel()
    assert caplog.messages == [
        "callers get no answers: no ruleset: refused",
        "callers get no answers: no ruleset: no answer",
    ]
