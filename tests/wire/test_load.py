"""A seeded load against a running process: every answer is the offline engine's for the revision it names."""

import asyncio
import os
import signal

import pytest

from tests.wire.load import Load, World, edit, resident_bytes

SEED = int(os.environ.get("FLAGD_TEST_SEED", "20261124"))
REQUESTS = int(os.environ.get("FLAGD_TEST_REQUESTS", "5000"))
LONG_REQUESTS = 10_000_000
WARM_UP = 4000


@pytest.fixture(scope="module")
def world():
    return World(SEED)


async def _load(world, folder, process, requests):
    load = Load(world, process.listen)
    await load.run(WARM_UP)
    before = resident_bytes(process.pid)
    edits = asyncio.create_task(edit(folder, world.texts[1:]))
    await load.run(requests)
    await edits
    while len(load.revisions) == 1 and not load.wrong:  # a quick machine is through before the first edit
        await load.run(WARM_UP)
    return load, resident_bytes(process.pid) - before


@pytest.mark.parametrize("requests", [REQUESTS, pytest.param(LONG_REQUESTS, marks=pytest.mark.long)])
async def test_under_load_and_edits_every_answer_is_right_and_memory_stays_flat(world, tmp_path, start, requests):
    (tmp_path / "flags.yaml").write_text(world.texts[0])
    process = start(tmp_path)
    load, grown = await _load(world, tmp_path, process, requests)
    assert load.wrong == [], f"seed {SEED}"
    assert load.answered + load.refused >= (requests + WARM_UP) // 8 * 8
    assert load.refused > 0
    assert len(load.revisions) > 1
    assert grown < 32 * 1024 * 1024
    assert "internal error" not in str(process.log)
    for mark in ("user-", "tester-"):
        assert mark not in str(process.log), "users in the log"


async def test_sigterm_under_load_gives_no_wrong_answer_and_exits_0(world, tmp_path, start):
    (tmp_path / "flags.yaml").write_text(world.texts[0])
    process = start(tmp_path)
    load = Load(world, process.listen)
    running = asyncio.create_task(load.run(1_000_000, stop_when_unavailable=True))
    while load.answered < 500:
        await asyncio.sleep(0.01)
    process.signal(signal.SIGTERM)
    await running
    assert load.wrong == [], f"seed {SEED}"
    assert load.unavailable == 8, "every caller was told that the server is gone"
    assert await asyncio.to_thread(process.wait) == 0
