from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.flagctl.manifest import flag
from tests.unit.flagctl.repository import Repository

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]


def canada(percent: int) -> list[dict[str, Any]]:
    match = [{"attribute": "user.country", "op": "is", "values": ["US", "CA"]}]
    return [{"name": "US and Canada", "match": match, "rollout": {"percent": percent}}]


def test_a_difference_is_said_in_words_and_fails(run: Run, write: Write) -> None:
    before = write("a/flags.yaml", flag("new-checkout", namespace="prod", segments=canada(5)))
    after = write("b/flags.yaml", flag("new-checkout", namespace="prod", segments=canada(25)))
    result = run("diff", before, after)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "prod/new-checkout: US and Canada 5 % → 25 %; weights unchanged; salt unchanged: nobody moves between variants",
        "1 resource differs: 1 changed",
    ]


def test_what_means_the_same_does_not_differ(run: Run, write: Write) -> None:
    before = write("a/flags.yaml", [flag("a", allOtherUsers={"percent": 5}), flag("b")])
    after = write("b/other.yaml", [flag("b", testing=True), flag("a", allOtherUsers={"percent": "5.0"})])
    result = run("diff", before.parent, after.parent)
    assert (result.exit_code, result.stdout) == (0, "nothing differs\n")


def test_what_came_and_what_went_is_said(run: Run, write: Write) -> None:
    before, after = write("a.yaml", flag("old")), write("b.yaml", flag("new", allOtherUsers={"percent": 1}))
    assert run("diff", before, after).stdout.splitlines() == [
        "shop/new: added: All Other Users 1 %",
        "shop/old: removed; callers use their own default",
        "2 resources differ: 1 added, 1 removed",
    ]


def test_markdown_is_a_table_in_which_nothing_of_a_manifest_is_markup(run: Run, write: Write) -> None:
    before = write("a.yaml", flag("a", owner="team"))
    after = write("b.yaml", flag("a", owner="a|b <img> `x`"))
    lines = run("diff", before, after, "--output", "markdown").stdout.splitlines()
    assert lines[0] == "**1 resource differs: 1 changed**"
    assert lines[-1] == "| `shop/a` | owner team → a\\|b \\<img> \\`x\\` |  |"


def test_json_has_changes_and_effects_apart(run: Run, write: Write) -> None:
    before, after = write("a.yaml", flag("a")), write("b.yaml", flag("a", allOtherUsers={"percent": 50}))
    (found,) = json.loads(run("diff", before, after, "--output", "json").stdout)["differences"]
    assert (found["name"], found["act"], found["changes"]) == ("a", "changed", ["All Other Users 100 % → 50 %"])
    assert found["effects"] == ["weights unchanged; salt unchanged: nobody moves between variants"]


def test_overlays_of_two_namespaces_are_compared_with_each_other(run: Run, write: Write) -> None:
    before = write("staging.yaml", flag("a", namespace="staging"))
    after = write("prod.yaml", flag("a", namespace="prod", allOtherUsers={"percent": 5}))
    result = run("diff", before, after)
    assert result.stdout.startswith("prod/a: All Other Users 100 % → 5 %")
    assert "comparing namespace staging of" in result.stderr


def test_an_error_on_one_side_is_not_taken_for_a_removal(run: Run, write: Write) -> None:
    before, after = write("a.yaml", flag("a")), write("b.yaml", flag("a", actve=True))
    result = run("diff", before, after)
    assert result.exit_code == 1
    assert f"shop/a: not compared: it has errors in {after}, which flagctl lint shows" in result.stdout


@pytest.mark.parametrize("text", ["a: [", "just text"], ids=["syntax", "scalar"])
def test_a_file_that_names_no_resource_is_refused_not_passed_over(run: Run, write: Write, text: str) -> None:
    result = run("diff", write("a.yaml", flag("a")), write("b.yaml", text))
    assert (result.exit_code, "b.yaml cannot be compared" in result.stderr) == (3, True)


def test_a_revision_of_git_is_a_side(run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path)
    write("flags/a.yaml", flag("a", allOtherUsers={"percent": 5}))
    repository.commit()
    write("flags/a.yaml", flag("a", allOtherUsers={"percent": 25}))
    repository.commit()
    monkeypatch.chdir(tmp_path)
    changed = "shop/a: All Other Users 5 % → 25 %"
    assert run("diff", "HEAD~1:flags", "flags").stdout.startswith(changed)
    assert run("diff", "HEAD~1:flags/a.yaml", "HEAD:flags/a.yaml").stdout.startswith(changed)
    monkeypatch.chdir(tmp_path / "flags")
    assert run("diff", "HEAD~1:./", "HEAD:").stdout.startswith(changed)
    assert run("diff", "HEAD:flags", ".").exit_code == 0


def test_files_that_an_archive_would_leave_out_and_odd_names_are_read_from_git(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(".gitattributes", "flags export-ignore\n*.yaml export-subst\n")
    write("flags/[ö] a.yaml", flag("a", owner="$Format:%H$"))
    write("flags/.hidden.yaml", flag("hidden"))
    Repository(tmp_path).commit()
    monkeypatch.chdir(tmp_path)
    assert run("diff", "HEAD:flags", "flags").stdout == "nothing differs\n"


def test_a_folder_that_is_new_was_empty_before(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("README", "shop")
    Repository(tmp_path).commit()
    write("flags/a.yaml", flag("a"))
    monkeypatch.chdir(tmp_path)
    assert "1 resource differs: 1 added" in run("diff", "HEAD:flags", "flags").stdout


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("nowhere:flags", 'Git knows no revision "nowhere"'),
        ("HEAD:flgs", 'HEAD has no "flgs"; paths count from'),
        ("HEAD:../elsewhere", "is outside the repository"),
        ("flgs", 'there is no "flgs"; did you mean flags?'),
    ],
)
def test_a_side_that_is_not_there_is_named_and_is_no_difference(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: str, said: str
) -> None:
    write("flags/a.yaml", flag("a"))
    Repository(tmp_path).commit()
    monkeypatch.chdir(tmp_path)
    for verb in ("diff", "impact"):
        result = run(verb, side, "flags")
        assert (result.exit_code, said in result.stderr) == (3, True)


def test_a_side_that_looks_like_an_option_is_wrong_use(run: Run) -> None:
    result = run("diff", "--x:flags", "flags")
    assert (result.exit_code, "no such option" in result.stderr.lower()) == (2, True)


def test_a_revision_outside_of_a_repository_is_refused(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("flags/a.yaml", flag("a"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run("diff", "HEAD:flags", "flags")
    assert (result.exit_code, "neither a file nor in a Git repository" in result.stderr) == (3, True)


@pytest.mark.parametrize("text", ["", "\n"])
def test_a_pipe_that_says_nothing_is_not_a_side_without_flags(run: Run, write: Write, text: str) -> None:
    path = write("a.yaml", flag("a"))
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    for result in (run("diff", path, "-", stdin=text), run("diff", path, f"/dev/fd/{reading}")):
        assert result.exit_code == 3
        assert "is empty: did the command that writes it fail?" in result.stderr
    os.close(reading)
    assert run("diff", path, "-", stdin="---\n").exit_code == 1


def test_standard_input_and_what_a_shell_substitutes_are_sides(
    run: Run, program: Callable[..., subprocess.CompletedProcess[str]], write: Write
) -> None:
    path = write("a.yaml", flag("a"))
    assert run("diff", path, "-", stdin=json.dumps(flag("a"))).exit_code == 0
    assert run("diff", "-", "-").exit_code == 2
    reading, writing = os.pipe()
    os.write(writing, json.dumps(flag("a")).encode())
    os.close(writing)
    done = program("diff", path, f"/dev/fd/{reading}", pass_fds=(reading,))
    os.close(reading)
    assert (done.returncode, done.stdout) == (0, "nothing differs\n")


@pytest.mark.parametrize("arguments", [[], ["a.yaml"], ["a.yaml", "b.yaml", "c.yaml"], ["--cluster"]])
def test_another_number_of_sides_is_wrong_use(run: Run, arguments: list[str]) -> None:
    assert run("diff", *arguments).exit_code == 2
