from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]

HEAD = "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: %s}\nspec:\n"


@pytest.fixture
def overlays(write: Write, tmp_path: Path) -> tuple[str, ...]:
    for name in ("a", "b"):
        write(f"staging/{name}.yaml", HEAD % name + "  allOtherUsers: {percent: 25}\n")
        write(f"prod/{name}.yaml", HEAD % name + "  allOtherUsers: {percent: 5} # low\n")
    return "--from", str(tmp_path / "staging"), "--to", str(tmp_path / "prod")


def test_nothing_is_written_unless_asked_for(run: Run, overlays: tuple[str, ...], tmp_path: Path) -> None:
    result = run("promote", *overlays)
    assert result.exit_code == 0
    assert "-  allOtherUsers: {percent: 5} # low\n+  allOtherUsers: {percent: 25} # low\n" in result.stdout
    assert "percent: 5}" in (tmp_path / "prod/a.yaml").read_text()


def test_what_is_written_is_what_was_shown_and_stays(run: Run, overlays: tuple[str, ...], tmp_path: Path) -> None:
    assert "promoted a, b" in run("promote", *overlays, "--write").stderr
    assert "percent: 25} # low" in (tmp_path / "prod/a.yaml").read_text()
    again = run("promote", *overlays)
    assert (again.stdout, "nothing to promote" in again.stderr) == ("", True)


def test_one_flag_may_be_named(run: Run, overlays: tuple[str, ...], tmp_path: Path) -> None:
    run("promote", *overlays, "--flag", "b", "--write")
    assert "percent: 5}" in (tmp_path / "prod/a.yaml").read_text()
    assert "percent: 25}" in (tmp_path / "prod/b.yaml").read_text()


def test_flags_in_one_file_are_promoted_one_after_the_other(
    run: Run, overlays: tuple[str, ...], write: Write, tmp_path: Path
) -> None:
    both = [HEAD % name + "  active: false\n  allOtherUsers: {percent: 5}\n" for name in ("a", "b")]
    write("prod/a.yaml", "\n---\n".join(both))
    (tmp_path / "prod/b.yaml").unlink()
    assert run("promote", *overlays, "--write").exit_code == 0
    assert (tmp_path / "prod/a.yaml").read_text().count("percent: 25}") == 2


def test_line_ends_and_text_beyond_ascii_stay(run: Run, overlays: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "prod/a.yaml"
    path.write_bytes(
        (HEAD % "a" + "  owner: Größe # ☃\n  allOtherUsers: {percent: 5}\n").replace("\n", "\r\n").encode()
    )
    run("promote", *overlays, "--write")
    expected = (HEAD % "a" + "  owner: Größe # ☃\n  allOtherUsers: {percent: 25}\n").replace("\n", "\r\n")
    assert path.read_bytes() == expected.encode()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("b.yaml", "", "b: no file in"),
        (
            "kustomization.yaml",
            "kind: Kustomization\npatches:\n- target: {kind: Flag, name: b}\n  patch: |-\n    - op: replace\n",
            "b: it is patched inline by",
        ),
        (
            "kustomization.yaml",
            "kind: Kustomization\npatches:\n- patch: |-\n    metadata: {name: b}\n    spec: {active: true}\n",
            "b: it is patched inline by",
        ),
        ("b.yaml", HEAD % "b" + "  allOtherUsers: &all {percent: 5}\n  metadata: *all\n", "b.yaml:1 cannot be edited"),
        ("b.yaml", "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: b}\n", "b.yaml:1 has no spec"),
    ],
    ids=["base", "json patch", "inline patch", "anchor", "empty"],
)
def test_what_cannot_be_done_cleanly_is_refused_with_its_place_and_the_rest_is_done(
    run: Run, overlays: tuple[str, ...], write: Write, tmp_path: Path, file: str, text: str, said: str
) -> None:
    write(f"prod/{file}", text)
    result = run("promote", *overlays, "--write")
    assert (result.exit_code, said in result.stderr) == (1, True), result.stderr
    assert "percent: 25}" in (tmp_path / "prod/a.yaml").read_text()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--flag", "c"], 1, 'has no Flag "c"'),
        (["--only", ""], 2, "names no field; say some, such as percent,segments"),
        (["--only", " , "], 2, "names no field"),
        (["--only", "percents"], 2, 'a flag has no "percents"; did you mean "percent"?'),
        (["--from", "nowhere"], 3, 'there is no "nowhere"'),
    ],
)
def test_what_is_not_there_is_said(
    run: Run, overlays: tuple[str, ...], options: list[str], code: int, said: str
) -> None:
    result = run("promote", *overlays, *options)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


def test_two_documents_of_one_flag_and_text_that_is_not_yaml_are_refused(
    run: Run, overlays: tuple[str, ...], write: Write
) -> None:
    write("prod/c.yaml", HEAD % "a" + "  active: true\n")
    assert "keep one" in run("promote", *overlays).stderr
    write("prod/c.yaml", "percent: {{ .Values.percent }}\n")
    assert "c.yaml:1 is not YAML, so it cannot be edited" in run("promote", *overlays).stderr
