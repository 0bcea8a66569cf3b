"""The folder reader: what changed is read, however it changed, and nothing else."""

import os
import time
from pathlib import Path

import pytest

from flagd.manifest.reading import files
from flagd.manifest.reading.files import SourceFile
from flagd.manifest.reading.stamps import SETTLED_SECONDS, Stamps
from flagd.sources.folder_reader import WHOLE_SECONDS, FolderReader
from flagd.sources.manifests import Manifests, parse_manifests
from tests.unit.flagd.sources.folder import flag


class Followed:
    """A folder that is read again and again, by clocks that are set by hand: long after files are written."""

    def __init__(self, folder):
        self.now, self.monotonic = time.time() + 10 * SETTLED_SECONDS, 0.0
        stamps = Stamps(lambda: self.now)
        self._reader = FolderReader(folder, stamps, lambda: self.monotonic)
        self.forget = self._reader.forget
        self.manifests = Manifests()

    def sources(self):
        return self._reader.read(self.manifests.files)

    def read(self):
        """Return the names of the files that were read, and take what they say."""
        sources = self.sources()
        self.manifests = parse_manifests(sources, self.manifests)
        return [Path(each.name).name for each in sources if isinstance(each, SourceFile)]

    @property
    def flags(self):
        return {ref.name for ref in self.manifests.resources}


def in_place(path, text):
    path.write_text(text)


def renamed(path, text):
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)


def checked_out(path, text):
    path.unlink()
    path.write_text(text)


@pytest.mark.parametrize("edit", [in_place, renamed, checked_out])
def test_a_file_is_read_that_was_edited_and_has_the_size_and_time_it_had(tmp_path, edit):
    path = tmp_path / "a.yaml"
    path.write_text(flag("a"))
    (tmp_path / "other.yaml").write_text(flag("other"))
    before = path.stat()
    followed = Followed(tmp_path)
    assert followed.read() == ["a.yaml", "other.yaml"]
    assert followed.read() == []
    edit(path, flag("b"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert followed.read() == ["a.yaml"]
    assert followed.flags == {"b", "other"}
    assert followed.read() == []


def test_a_mounted_config_map_is_read_when_its_link_was_turned(tmp_path):
    for version, name in (("..1", "a"), ("..2", "b")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "flag.yaml").write_text(flag(name))
        os.utime(tmp_path / version / "flag.yaml", (1_700_000_000, 1_700_000_000))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "flag.yaml").symlink_to("..data/flag.yaml")
    followed = Followed(tmp_path)
    followed.read()
    assert followed.read() == []
    (tmp_path / "..tmp").symlink_to("..2")
    (tmp_path / "..tmp").replace(tmp_path / "..data")
    assert followed.read() == ["flag.yaml"]
    assert followed.flags == {"b"}


def test_a_second_edit_within_one_tick_of_a_coarse_clock_is_read(tmp_path, monkeypatch):
    written = 1_700_000_000

    def coarse(status):
        return status.st_dev, status.st_ino, status.st_size, written * 10**9, written * 10**9

    monkeypatch.setattr(files, "_stamp", coarse)
    path = tmp_path / "a.yaml"
    path.write_text(flag("a"))
    followed = Followed(tmp_path)
    followed.now = written + SETTLED_SECONDS
    assert followed.read() == ["a.yaml"]
    path.write_text(flag("b"))
    assert followed.read() == ["a.yaml"]
    assert followed.flags == {"b"}
    followed.now += 1
    assert [followed.read(), followed.read()] == [["a.yaml"], []]


def test_a_file_of_the_future_is_read_each_time(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(flag("a"))
    followed = Followed(tmp_path)
    later = followed.now + 1
    os.utime(path, (later, later))
    assert [followed.read(), followed.read()] == [["a.yaml"], ["a.yaml"]]


def test_all_is_read_now_and_then_and_when_asked_to(tmp_path):
    (tmp_path / "a.yaml").write_text(flag("a"))
    followed = Followed(tmp_path)
    followed.read()
    followed.monotonic += WHOLE_SECONDS
    assert [followed.read(), followed.read()] == [["a.yaml"], []]
    followed.forget()
    assert [followed.read(), followed.read()] == [["a.yaml"], []]


def test_what_was_read_and_not_taken_is_read_again(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(flag("a"))
    followed = Followed(tmp_path)
    followed.read()
    path.write_text(flag("b"))
    followed.sources()
    assert followed.read() == ["a.yaml"]
    assert followed.flags == {"b"}


def test_a_file_that_could_not_be_read_is_read_again_though_it_is_as_it_was(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    (tmp_path / "a.yaml").write_text(flag("a"))
    followed = Followed(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.open", refuse)
        followed.read()
    assert [each.reason for each in followed.manifests.diagnostics] == ["Unreadable"]
    assert [followed.read(), followed.flags] == [["a.yaml"], {"a"}]


def test_a_file_that_is_gone_is_gone_and_read_when_it_is_back(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(flag("a"))
    followed = Followed(tmp_path)
    followed.read()
    path.rename(tmp_path / "kept")
    assert followed.sources() == []
    (tmp_path / "kept").rename(path)
    assert followed.read() == ["a.yaml"]


def test_only_manifests_are_read_and_no_hidden_copies(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "..data").mkdir()
    for name in ("a.yaml", "sub/b.yml", "..data/c.yaml", ".d.yaml", "e.txt", "f.yaml~"):
        (tmp_path / name).write_text("x")
    assert [each.name for each in Followed(tmp_path).sources()] == [f"{tmp_path}/a.yaml", f"{tmp_path}/sub/b.yml"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Followed(tmp_path / "nowhere").read()


def test_a_folder_with_too_many_entries_is_not_taken_in_part(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_ENTRIES", 3)
    for name in "abcd":
        (tmp_path / f"{name}.yaml").write_text(flag(name))
    with pytest.raises(OSError, match="entries"):
        Followed(tmp_path).read()
