from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.unit.flagctl.manifest import flag
from tests.unit.flagctl.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path)


def told(result: Result) -> list[str]:
    """Return the lines without the dates and the hashes."""
    lines = result.stdout.splitlines()
    return [line if line.startswith("  ") else line[18:-10] for line in lines]


def percent(write: Write, name: str, percent: int, file: str = "") -> None:
    write(f"flags/{file or name}.yaml", flag(name, allOtherUsers={"percent": percent}))


def test_each_commit_says_who_changed_what(run: Run, write: Write, repository: Repository) -> None:
    percent(write, "a", 5)
    repository.commit("Add a")
    percent(write, "a", 25)
    write("README", "nothing of flags")
    repository.commit("Raise a")
    write("README", "nothing of flags at all")
    repository.commit("Write")
    (repository.folder / "flags/a.yaml").unlink()
    repository.commit("Remove a")
    assert told(run("log", "flags")) == [
        "eve  Remove a",
        "  shop/a: removed; callers use their own default",
        "eve  Raise a",
        "  shop/a: All Other Users 5 % → 25 %; weights unchanged; salt unchanged: nobody moves between variants",
        "eve  Add a",
        "  shop/a: added: All Other Users 5 %",
    ]


def test_a_move_to_another_file_changes_nothing_and_one_to_another_namespace_does(
    run: Run, write: Write, repository: Repository
) -> None:
    percent(write, "a", 5)
    repository.commit("Add a")
    (repository.folder / "flags/a.yaml").rename(repository.folder / "flags/b.yaml")
    repository.commit("Move")
    write("flags/b.yaml", flag("a", namespace="blog", allOtherUsers={"percent": 5}))
    repository.commit("Move on")
    assert told(run("log"))[:3] == [
        "eve  Move on",
        "  blog/a: added: All Other Users 5 %",
        "  shop/a: removed; callers use their own default",
    ]
    assert "Move\n" not in run("log").stdout


def test_one_flag_is_followed_by_its_key_or_name(run: Run, write: Write, repository: Repository) -> None:
    write("flags/a.yaml", flag("a", key="a-key"))
    percent(write, "b", 5)
    repository.commit("Add both")
    percent(write, "b", 25)
    repository.commit("Raise b")
    for name in ("a", "a-key"):
        assert told(run("log", "--flag", name)) == ["eve  Add both", "  shop/a-key: added: All Other Users 100 %"]
    assert len(told(run("log", "--flag", "b"))) == 4
    result = run("log", "--flag", "c")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing changed\n")


def test_what_is_older_is_left_out(
    run: Run, write: Write, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, share in (("2020-01-01", 5), ("2020-03-01", 25)):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T12:00:00Z")
        monkeypatch.setenv("GIT_AUTHOR_DATE", f"{day}T12:00:00Z")
        percent(write, "a", share)
        repository.commit(day)
    assert told(run("log", "--since", "2020-02-01"))[0] == "eve  2020-03-01"
    assert len(told(run("log", "--since", "2020-02-01"))) == 2
    assert run("log", "--since", "30d").stderr == "nothing changed\n"
    assert run("log", "--since", "last week").exit_code == 2


def test_a_merge_says_only_what_is_as_in_none_of_its_parents(run: Run, write: Write, repository: Repository) -> None:
    percent(write, "a", 5)
    percent(write, "b", 5)
    repository.commit("Add both")
    repository.git("checkout", "-b", "other")
    percent(write, "a", 25)
    repository.commit("Raise a")
    repository.git("checkout", "main")
    percent(write, "b", 25)
    repository.commit("Raise b")
    repository.git("merge", "other", "-m", "Merge")
    assert "Merge" not in run("log").stdout
    percent(write, "a", 50)
    repository.git("add", "-A")
    repository.git("commit", "--amend", "--no-edit")
    assert told(run("log"))[:2] == [
        "eve  Merge",
        "  shop/a: All Other Users 5 % → 50 %; weights unchanged; salt unchanged: nobody moves between variants",
    ]


def test_what_cannot_be_read_hides_nothing_else(run: Run, write: Write, repository: Repository) -> None:
    percent(write, "a", 5)
    write("flags/b.yaml", "a: [")
    repository.commit("Add")
    percent(write, "a", 25)
    repository.commit("Raise")
    lines = told(run("log"))
    assert lines[0] == "eve  Raise"
    assert "  shop/a: added: All Other Users 5 %" in lines
    assert "  flags/b.yaml cannot be read: " in lines[-1]


def test_the_oldest_commit_of_a_shallow_clone_is_not_taken_for_the_first(
    run: Run, write: Write, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share in (5, 25, 50):
        percent(write, "a", share)
        repository.commit(f"{share}")
    clone = repository.folder / "clone"
    address = repository.folder.as_uri()
    subprocess.run(["git", "clone", "--depth", "2", address, clone], check=True, capture_output=True)
    monkeypatch.chdir(clone)
    result = run("log", "flags")
    assert told(result)[0] == "eve  50"
    assert (len(told(result)), "this is a shallow clone" in result.stderr) == (2, True)


def test_json_is_an_object_for_each_commit(run: Run, write: Write, repository: Repository) -> None:
    percent(write, "a", 5)
    repository.commit("Add \x01 a")
    (found,) = map(json.loads, run("log", "--output", "json").stdout.splitlines())
    assert (found["author"], found["email"], found["subject"]) == ("eve", "eve@shop.example", "Add \x01 a")
    assert [(each["name"], each["act"]) for each in found["differences"]] == [("a", "added")]


def test_a_folder_outside_of_a_repository_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run("log", tmp_path)
    assert (result.exit_code, "is not in a Git repository" in result.stderr) == (3, True)
