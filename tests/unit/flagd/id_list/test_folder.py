from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flagd.id_list.folder import ListFile
from flagd.id_list.id_list import ListError
from flagd.manifest.parts.list_origin import ListOrigin
from flagd.ruleset.hashed_ids import HashedIds

if TYPE_CHECKING:
    from pathlib import Path


def at(folder: Path, path: str = "ids.txt") -> ListFile:
    return ListFile(folder, ListOrigin(source="any", path=path))


def test_a_file_is_read_and_its_age_is_that_of_its_content(tmp_path: Path):
    (tmp_path / "ids.txt").write_text("ann\nbob\n")
    os.utime(tmp_path / "ids.txt", (5, 1000))
    found = at(tmp_path).read()
    assert (found.ids, found.as_of) == (HashedIds.of(["ann", "bob"]), 1000)


def test_a_link_within_the_folder_is_followed_as_mounts_make_them(tmp_path: Path):
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "ids.txt").write_text("ann\n")
    (tmp_path / "ids.txt").symlink_to("..data/ids.txt")
    assert len(at(tmp_path).read().ids) == 1


def test_nothing_outside_of_the_folder_is_read_and_nothing_that_is_no_file(tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_text("key\n")
    (folder / "out").symlink_to("../secret")
    (folder / "below").mkdir()
    os.mkfifo(folder / "pipe")
    for path, said in {
        "out": "out of the folder",
        "below": "is a directory|not a file",
        "pipe": "not a file",
        "none": "no such file",
    }.items():
        with pytest.raises(ListError, match=said):
            at(folder, path).read()


def test_another_content_has_another_stamp(tmp_path: Path):
    file = at(tmp_path)
    assert file.stamp() is None
    (tmp_path / "ids.txt").write_text("ann\n")
    before = file.stamp()
    assert before == file.stamp()
    (tmp_path / "ids.txt").write_text("ann\nbob\n")
    assert before != file.stamp()
