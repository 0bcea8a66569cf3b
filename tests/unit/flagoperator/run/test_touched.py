"""Touched: what one task compiles, another reports on."""

import asyncio

from flagd.manifest import ResourceRef
from flagoperator.run.touched import Touched

A, B = (ResourceRef("Flag", "shop", name) for name in "ab")


async def test_what_is_put_is_taken_once_and_together():
    touched = Touched()
    touched.put([A])
    touched.put([A, B])
    assert await touched.take() == {A, B}
    waiting = asyncio.create_task(touched.take())
    touched.put([])
    await asyncio.sleep(0)
    assert not waiting.done()
    touched.put([B])
    async with asyncio.timeout(60):
        assert await waiting == {B}
