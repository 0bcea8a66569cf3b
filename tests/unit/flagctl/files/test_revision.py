from __future__ import annotations

import subprocess

import pytest

from flagctl.failure import Unreachable
from flagctl.files.revision import is_revision, load_revision
from tests.unit.flagctl.manifest import flag
from tests.unit.flagctl.repository import Repository


@pytest.fixture
def root(write, tmp_path, monkeypatch):
    write("flags/a.yaml", flag("a"))
    Repository(tmp_path).commit()
    monkeypatch.chdir(tmp_path / "flags")
    return tmp_path


def names(argument):
    return [each.metadata.name for each in load_revision(argument).resources]


def test_a_file_that_is_there_is_no_revision(root):
    (root / "flags" / "odd:name.yaml").write_text("")
    assert is_revision("HEAD:flags")
    assert not is_revision("odd:name.yaml")
    assert not is_revision("a.yaml")


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("argument", ["HEAD:flags", "HEAD:", "HEAD:./", "main:./a.yaml", "HEAD:flags/a.yaml"])
def test_a_path_counts_from_the_top_or_from_here(argument):
    assert names(argument) == ["a"]


@pytest.mark.usefixtures("root")
def test_what_is_new_was_nothing_then(write):
    write("flags/new.yaml", flag("new"))
    assert names("HEAD:flags/new.yaml") == []


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("argument", "says"),
    [("nowhere:flags", "no revision"), ("HEAD:flgs", 'has no "flgs"'), ("HEAD:../../x", "outside the repository")],
)
def test_what_is_not_there_is_refused(argument, says):
    with pytest.raises(Unreachable, match=says):
        load_revision(argument)


@pytest.mark.usefixtures("root")
def test_a_shallow_clone_is_named_where_it_lacks_a_revision(root, write, tmp_path_factory, monkeypatch):
    write("flags/b.yaml", flag("b"))
    Repository(root).commit()
    copy = tmp_path_factory.mktemp("copy")
    subprocess.run(["git", "clone", "-q", "--depth", "1", root.as_uri(), copy], check=True, timeout=60)
    monkeypatch.chdir(copy)
    with pytest.raises(Unreachable, match="git fetch --unshallow"):
        load_revision("HEAD~1:flags")
    monkeypatch.chdir(root)
    with pytest.raises(Unreachable) as refused:
        load_revision("HEAD~9:flags")
    assert "unshallow" not in str(refused.value)


def test_a_folder_without_a_repository_is_said_to_be_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreachable, match="nor in a Git repository"):
        load_revision("HEAD:flags")
