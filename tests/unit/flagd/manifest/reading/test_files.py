from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from flagd.manifest import load
from flagd.manifest.reading.files import MAX_BYTES, find_files, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def test_what_is_no_file_is_told_and_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "a.yaml")
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "b.yaml")
    assert [(Path(file.name).name, file.fault) for file in read_files([tmp_path])] == [
        ("a.yaml", ("Unreadable", "is not a file")),
        ("b.yaml", None),
    ]


def test_no_more_is_read_than_tells_that_a_file_is_too_large(tmp_path: Path):
    path = tmp_path / "a.yaml"
    with path.open("wb") as file:
        file.truncate(64 * MAX_BYTES)
    (read,) = read_files([path])
    assert len(read.data) == MAX_BYTES + 1


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder below which permissions count, for the superuser too."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def closed(path: Path, mode: int) -> Path:
    path.mkdir()
    write(path / "inside.yaml")
    write(path / "sub/inside.yaml")
    path.chmod(mode)
    return path


def told(folder: Path) -> dict[str, str | None]:
    with as_nobody():
        return {os.path.relpath(file.name, folder): file.fault and file.fault[1] for file in read_files([folder])}


@pytest.mark.parametrize("name", ["link", "link.yaml"])
@pytest.mark.parametrize("target", ["inside.yaml", "sub", "gone"])
def test_a_link_into_a_directory_that_may_not_be_searched_is_told_and_the_rest_read(
    shared: Path, name: str, target: str
):
    hidden = closed(shared / ".hidden", 0o600)
    write(shared / "good.yaml")
    (shared / name).symlink_to(hidden / target)
    try:
        assert told(shared) == {"good.yaml": None, name: "permission denied"}
    finally:
        hidden.chmod(0o700)


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_directory_that_may_not_be_read_or_searched_is_told_and_the_rest_read(shared: Path, mode: int):
    directory = closed(shared / "closed", mode)
    write(shared / "good.yaml")
    try:
        found = told(shared)
    finally:
        directory.chmod(0o700)
    assert found.pop("good.yaml") is None
    assert set(found.values()) == {"permission denied"}


@pytest.mark.parametrize("name", ["loop", "loop.yaml"])
def test_a_link_that_leads_to_itself_or_nowhere_is_told_whatever_its_name(tmp_path: Path, name: str):
    write(tmp_path / "good.yaml")
    (tmp_path / name).symlink_to(name)
    (tmp_path / f"nowhere-{name}").symlink_to("gone")
    assert names(tmp_path, under=tmp_path) == ["good.yaml", name, f"nowhere-{name}"]
    assert faults(tmp_path) == ["Unreadable", "Unreadable"]


def test_a_file_that_is_gone_when_it_is_its_turn_is_told_and_the_rest_read(tmp_path: Path):
    for name in ("a.yaml", "b.yaml", "c.txt", "d.yaml"):
        write(tmp_path / name)
    reading = read_files([tmp_path])
    found = [next(reading)]
    (tmp_path / "b.yaml").unlink()
    (tmp_path / "c.txt").unlink()
    found += reading
    assert [(Path(file.name).name, file.fault and file.fault[1]) for file in found] == [
        ("a.yaml", None),
        ("b.yaml", "no such file or directory"),
        ("d.yaml", None),
    ]


def test_directories_deeper_than_may_be_read_are_told_and_the_rest_read(tmp_path: Path):
    deep = tmp_path.joinpath(*["d"] * 600)
    deep.mkdir(parents=True)
    write(deep / "a.yaml")
    write(tmp_path / "good.yaml")
    assert faults(tmp_path) == ["TooDeep"]
    assert names(tmp_path, under=tmp_path)[-1] == "good.yaml"


def test_a_name_that_is_no_text_is_read_and_shown(tmp_path: Path):
    write(tmp_path / os.fsdecode(b"\xff\n.yaml"), "kind: [")
    (finding,) = load([tmp_path]).diagnostics
    assert finding.reason == "InvalidYaml"


def test_no_more_entries_are_looked_at_than_a_folder_of_manifests_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("flagd.manifest.reading.files.MAX_ENTRIES", 3)
    for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml"):
        write(tmp_path / name)
    assert names(tmp_path, under=tmp_path) == ["a.yaml", "b.yaml", "."]
    assert faults(tmp_path) == ["TooManyEntries"]


@pytest.mark.parametrize("later", [b"", b"a: 1", b"a: 1\n" * 100, b"x" * (MAX_BYTES + 10)])
def test_a_file_that_changes_its_size_after_it_was_looked_at_is_read_as_it_is(tmp_path: Path, later: bytes):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n")
    [found] = find_files([path])
    path.write_bytes(later)
    assert found.read().data == later[: MAX_BYTES + 1]
