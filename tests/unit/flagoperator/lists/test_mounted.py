from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.id_list.id_list import ListError
from flagd.manifest.parts.list_origin import ListOrigin
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.lists.mounted import look

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = ListOrigin(source="exports", path="ids.txt")


async def test_a_folder_is_read_when_a_file_changed_and_only_then(tmp_path: Path):
    (tmp_path / "ids.txt").write_text("ann\n")
    first = await look(tmp_path, ORIGIN, ())
    assert first.read is not None
    assert first.read.ids == HashedIds.of(["ann"])
    assert (await look(tmp_path, ORIGIN, first.mark)).read is None
    (tmp_path / "ids.txt").write_text("ann\nbob\n")
    second = await look(tmp_path, ORIGIN, first.mark)
    assert second.read is not None
    assert len(second.read.ids) == 2
    (tmp_path / "ids.txt").unlink()
    with pytest.raises(ListError, match="no such file"):
        await look(tmp_path, ORIGIN, second.mark)
