from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flagd.manifest.files import MAX_BYTES, read_files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def names(*paths: Path, under: Path) -> list[str]:
    return [os.path.relpath(file.name, under) for file in read_files(paths)]


def faults(*paths: Path) -> list[str]:
    return [file.fault[0] for file in read_files(paths) if file.fault]


def write(path: Path, text: str = "a: 1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_directory_is_read_in_depth_and_in_order(tmp_path: Path):
    for name in ("b.yml", "a.yaml", "sub/c.json", "notes.txt", ".hidden.yaml", ".git/d.yaml"):
        write(tmp_path / name)
    assert names(tmp_path, under=tmp_path) == ["a.yaml", "b.yml", "sub/c.json"]


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path):
    assert names(write(tmp_path / ".flag.txt"), under=tmp_path) == [".flag.txt"]


def test_a_mounted_config_map_is_read_once(tmp_path: Path):
    write(tmp_path / "..2026_01_01/flag.yaml")
    (tmp_path / "..data").symlink_to("..2026_01_01")
    (tmp_path / "flag.yaml").symlink_to("..data/flag.yaml")
    assert names(tmp_path, under=tmp_path) == ["flag.yaml"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path):
    path = write(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert names(path, tmp_path, path, under=tmp_path) == ["a.yaml"]


def test_a_loop_of_directories_is_told_and_the_rest_read(tmp_path: Path):
    write(tmp_path / "sub/a.yaml")
    (tmp_path / "sub/up").symlink_to(tmp_path)
    assert names(tmp_path, under=tmp_path) == ["sub/a.yaml", "sub/up"]
    assert faults(tmp_path) == ["SymlinkLoop"]


def test_a_link_to_itself_is_told(tmp_path: Path):
    (tmp_path / "a.yaml").symlink_to("a.yaml")
    assert faults(tmp_path) == ["Unreadable"]


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path):
    (tmp_path / "a.yaml").symlink_to("gone.yaml")
    assert faults(tmp_path) == ["Unreadable"]


def test_a_path_that_does_not_exist_is_told(tmp_path: Path):
    (file,) = read_files([tmp_path / "gone"])
    assert file.fault == ("Unreadable", "no such file or directory")


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write(tmp_path / "a.yaml")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # The superuser, whom containers often are, may read everything.
    monkeypatch.setattr("pathlib.Path.open", refuse)
    (file,) = read_files([path])
    assert file.fault == ("Unreadable", "permission denied")


def test_a_pipe_in_a_directory_is_passed_over(tmp_path: Path):
    os.mkfifo(tmp_path / "a.yaml")
    assert names(tmp_path, under=tmp_path) == []


def test_no_more_is_read_than_tells_that_a_file_is_too_large(tmp_path: Path):
    path = tmp_path / "a.yaml"
    with path.open("wb") as file:
        file.truncate(64 * MAX_BYTES)
    (read,) = read_files([path])
    assert len(read.data) == MAX_BYTES + 1
