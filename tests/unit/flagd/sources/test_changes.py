"""When files and folders are looked at again."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from flagd.sources import changes as module
from flagd.sources.changes import changes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECONDS = 60


@pytest.fixture(autouse=True)
def unpolled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", float("inf"))


async def told(watch: AsyncIterator[None]) -> bool:
    """Return whether the watch says that something changed; not where it ends."""
    async with asyncio.timeout(SECONDS):
        return await anext(watch, 0) is None


async def test_a_change_below_any_of_several_paths_is_told(tmp_path: Path):
    file, folder = tmp_path / "one.yaml", tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    file.write_text("a")
    async with aclosing(changes(file, folder)) as watch:
        assert await told(watch)
        (folder / "deep" / "new.yaml").write_text("a")
        assert await told(watch)
        file.write_text("b")
        assert await told(watch)


async def test_it_ends_when_another_file_has_taken_the_place_of_one(tmp_path: Path):
    file, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    for each in (file, other):
        each.write_text("a")
    async with aclosing(changes(file)) as watch:
        assert await told(watch)
        other.replace(file)
        while await told(watch):
            continue


async def test_a_path_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        await anext(changes(tmp_path / "gone"))
