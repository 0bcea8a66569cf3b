from __future__ import annotations

import json
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
def flags(write: Write) -> Path:
    return write("flags/flags.yaml", [flag("checkout"), flag("banner"), flag("checkout", namespace="blog")])


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ('if client.boolean("checkout", user):', 20),
        ("x = variant('checkout')", 14),
        ("const a = `checkout`;", 12),
        ("# don't: client('checkout')", 18),
        ('{"flags": ["a", "checkout"]}', 18),
        ("<Flag name='checkout' />", 13),
    ],
    ids=["Python", "single quotes", "a template", "after an apostrophe", "JSON", "markup"],
)
def test_a_key_in_quotes_is_found_in_any_language(code: str, column: int, run: Run, write: Write, flags: Path) -> None:
    file = write("src/a.x", f"nothing\n{code}\n")
    lines = run("refs", file.parent, "--manifests", flags).stdout.splitlines()
    assert lines[0] == f"{file}:2:{column}: checkout"


@pytest.mark.parametrize("code", ["checkout()", '"my-checkout"', '"check\nout"', "\"checkout'"])
def test_what_only_looks_like_a_key_is_none(code: str, run: Run, write: Write, flags: Path) -> None:
    result = run("refs", write("src/a.x", code).parent, "--manifests", flags)
    assert [line.split(" (")[0] for line in result.stdout.splitlines()] == [
        "no code names blog/checkout",
        "no code names shop/banner",
        "no code names shop/checkout",
    ]


def test_a_flag_that_no_code_names_fails_where_asked_to(run: Run, write: Write, flags: Path) -> None:
    code = write("src/a.py", "'checkout'").parent
    assert run("refs", code, "--manifests", flags).exit_code == 0
    result = run("refs", code, "--manifests", flags, "--exit-code")
    assert (result.exit_code, f"no code names shop/banner ({flags}:" in result.stdout) == (1, True)


def test_json_and_sarif_hold_the_same(run: Run, write: Write, flags: Path) -> None:
    code = write("src/a.py", "'checkout'")
    found = json.loads(run("refs", code, "--manifests", flags, "--output", "json").stdout)
    assert found["references"] == [{"key": "checkout", "file": str(code), "line": 1, "column": 2}]
    assert [(each["project"], each["flag"], each["file"]) for each in found["unnamed"]] == [
        ("shop", "banner", str(flags))
    ]
    (told,) = json.loads(run("refs", code, "--manifests", flags, "--output", "sarif").stdout)["runs"]
    assert [(each["ruleId"], each["level"], each["ruleIndex"]) for each in told["results"]] == [
        ("FlagReference", "note", 1),
        ("FlagNotNamed", "warning", 0),
    ]
    place = told["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == (code.as_uri(), {"startLine": 1, "startColumn": 2})


def test_in_a_repository_what_git_ignores_is_passed_over(run: Run, write: Write, flags: Path, tmp_path: Path) -> None:
    write(".gitignore", "dist\n")
    write("dist/a.js", "'banner'")
    write("src/old.py", "'checkout'")
    Repository(tmp_path).commit()
    write("src/new.py", "'checkout'")
    (tmp_path / "src" / "link.py").symlink_to(tmp_path / "dist" / "a.js")
    (tmp_path / "src" / "binary").write_bytes(b"\0'banner'")
    lines = run("refs", tmp_path, "--manifests", flags).stdout.splitlines()
    assert [line.removeprefix(f"{tmp_path}/") for line in lines[:2]] == [
        "src/new.py:1:2: checkout",
        "src/old.py:1:2: checkout",
    ]
    assert "no code names shop/banner" in lines[2]


def test_the_manifests_themselves_are_no_code(run: Run, flags: Path, tmp_path: Path) -> None:
    assert ":1:" not in run("refs", tmp_path, "--manifests", flags).stdout


def test_code_that_is_not_there_is_named(run: Run, flags: Path) -> None:
    result = run("refs", "nowhere", "--manifests", flags)
    assert (result.exit_code, 'there is no "nowhere"' in result.stderr) == (3, True)
