"""Committed: lint compares with what Git has."""

from __future__ import annotations

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

TWO, THREE = [{"key": "a"}, {"key": "b"}], [{"key": "a"}, {"key": "b"}, {"key": "c"}]


def test_an_edit_that_changes_a_type_is_warned_of_until_it_is_committed(run: Run, write: Write) -> None:
    path = write("a.yaml", flag("f", variants=[{"key": "on"}]))
    Repository(path.parent).commit()
    write("a.yaml", flag("f", variants=[{"key": "on", "payload": {"columns": 1}}]))
    assert "spec.variants[0] [TypeChanges]" in run("lint", path).stdout
    Repository(path.parent).commit()
    assert "nothing found" in run("lint", path).stdout


@pytest.mark.parametrize("named", ["file", "folder"])
def test_an_edit_that_moves_users_is_warned_of_until_it_is_committed(run: Run, write: Write, named: str) -> None:
    path = write("a.yaml", [flag("f", variants=TWO), flag("other")])
    Repository(path.parent).commit()
    asked = path if named == "file" else path.parent
    assert "nothing found" in run("lint", asked).stdout
    write("a.yaml", [flag("f", variants=THREE), flag("other")])
    result = run("lint", asked)
    assert result.exit_code == 0
    assert "50.00% of the users who have a variant get another one" in result.stdout
    assert "[UsersMove]" in result.stdout
    Repository(path.parent).commit()
    assert "nothing found" in run("lint", asked).stdout
    assert "[UsersMove]" in run("lint", asked, "--since", "HEAD~1").stdout


def test_an_edit_that_the_cluster_would_refuse_is_an_error(run: Run, write: Write) -> None:
    path = write("a.yaml", [flag("f", variants=TWO)])
    Repository(path.parent).commit()
    write("a.yaml", [flag("f", variants=TWO, bucketing={"salt": "other"})])
    result = run("lint", path)
    assert (result.exit_code, "[RebucketRefused]" in result.stdout) == (1, True)
    write("a.yaml", [flag("f", variants=TWO, bucketing={"salt": "other"}, allowRebucket=True)])
    assert "nothing found" in run("lint", path).stdout


def test_an_edit_of_a_group_that_moves_users_is_warned_of(run: Run, write: Write) -> None:
    def slots(*names: str) -> dict[str, object]:
        spec = {"type": "MutualExclusion", "slots": [{"name": name, "percent": 50} for name in names]}
        return {**flag("g"), "kind": "FlagGroup", "spec": spec}

    path = write("a.yaml", [slots("one", "two")])
    Repository(path.parent).commit()
    write("a.yaml", [slots("two", "one")])
    assert "spec.slots [UsersMove]" in run("lint", path).stdout


def test_a_revision_that_git_does_not_know_is_refused(run: Run, write: Write) -> None:
    path = write("a.yaml", [flag("f")])
    Repository(path.parent).git("init", "-b", "main")
    assert "nothing found" in run("lint", path).stdout
    result = run("lint", path, "--since", "--output=x")
    assert (result.exit_code, "knows no revision" in result.stderr) == (3, True)


def test_without_a_repository_there_is_nothing_to_compare_with(run: Run, write: Write) -> None:
    assert "nothing found" in run("lint", write("a.yaml", [flag("f", variants=THREE)])).stdout
