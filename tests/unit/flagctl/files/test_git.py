from __future__ import annotations

import pytest

from flagctl.files.git import commit_of, git, has, manifests_at, top_of
from tests.unit.flagctl.repository import Repository


@pytest.fixture
def root(tmp_path):
    for name in ("flags/a.yaml", "flags/deep/b.json", "flags/.hidden/c.yaml", "flags/notes.txt", "other/d.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "flags" / "link.yaml").symlink_to("a.yaml")
    Repository(tmp_path).commit()
    return tmp_path


def test_a_folder_in_a_repository_has_a_top(root, tmp_path_factory):
    assert top_of(root / "flags" / "deep") == root
    assert top_of(tmp_path_factory.mktemp("elsewhere")) is None


def test_a_commit_is_found_by_its_names(root):
    commit = commit_of(root, "HEAD")
    assert commit
    assert commit_of(root, commit[:10]) == commit_of(root, "main") == commit
    assert commit_of(root, "nowhere") is None
    assert commit_of(root, "--help") is None


@pytest.mark.parametrize(
    ("inside", "names"),
    [
        ("flags", ["flags/a.yaml", "flags/deep/b.json"]),
        ("flags/notes.txt", ["flags/notes.txt"]),
        ("gone", []),
        ("", ["flags/a.yaml", "flags/deep/b.json", "other/d.yaml"]),
    ],
)
def test_manifests_are_those_that_lint_would_read(root, inside, names):
    found = list(manifests_at(root, "HEAD", inside, "HEAD:"))
    assert [each.name for each in found] == [f"HEAD:{name}" for name in names]
    assert [each.data.decode() for each in found] == names


def test_a_commit_has_what_was_there_then(root):
    (root / "later.yaml").write_text("later")
    assert has(root, "HEAD", "flags")
    assert not has(root, "HEAD", "later.yaml")


def test_what_fails_gives_nothing(root, tmp_path):
    assert git(root, "no-such-command") is None
    assert git(tmp_path / "gone", "status") is None
