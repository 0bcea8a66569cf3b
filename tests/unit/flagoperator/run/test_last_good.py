"""LastGoodOfBoard: what the operator published is on disk, and known to the next one."""

import asyncio

from flagd.last_good.file import FILE_NAME
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.publisher import Board, Publication
from flagoperator.run.last_good import LastGoodOfBoard


def _publication(project):
    return Publication({project: HashedRuleset.empty(project).ruleset}, publishing=True, epoch=1, sequence=1)


async def test_what_was_published_is_recalled_by_the_next_operator(tmp_path):
    board = Board()
    running = asyncio.create_task(LastGoodOfBoard(tmp_path).run(board))
    await asyncio.sleep(0)
    board.put(_publication("shop"))
    async with asyncio.timeout(60):
        while not (tmp_path / FILE_NAME).exists():
            await asyncio.sleep(0.001)
    running.cancel()
    assert list(LastGoodOfBoard(tmp_path).recall()) == ["shop"]


async def test_without_a_folder_nothing_is_kept_and_the_part_goes_on():
    running = asyncio.create_task(LastGoodOfBoard(None).run(Board()))
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    assert LastGoodOfBoard(None).recall() == {}


def test_a_damaged_file_is_not_used_and_logged(tmp_path, caplog):
    (tmp_path / FILE_NAME).write_bytes(b"?")
    assert LastGoodOfBoard(tmp_path).recall() == {}
    assert "the last good ruleset is not used: it is not a file of last good rulesets" in caplog.text
