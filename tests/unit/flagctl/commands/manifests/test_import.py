from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.unit.flagctl.migration.test_amplitude import VECTORS, exported, flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]

HALF = next(vector for vector in VECTORS if vector["id"] == "half")


def test_a_file_for_each_flag_is_written_proven_and_valid(run: Run, write: Write, tmp_path: Path) -> None:
    export = write("export.json", {"flags": [exported(HALF["ui"]), flag(tags=["web"])]})
    compiled = write("compiled.json", json.dumps([HALF["compiled"]]))
    result = run("import", "amplitude", export, "--compiled", compiled, "--write", tmp_path / "flags")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        f"my-flag: → {tmp_path}/flags/my-flag.yaml",
        "  proven: 100,000 users get the same as from Amplitude's compiled form",
        f"f: → {tmp_path}/flags/f.yaml",
        "  not proven: it is not among the compiled flags",
        "  not carried over: tags ['web']",
    ]
    assert run("lint", tmp_path / "flags", "--warnings-as-errors").exit_code == 0
    again = run("import", "amplitude", export, "--write", tmp_path / "flags")
    assert (again.exit_code, "exists already; flagctl import never overwrites" in again.stderr) == (1, True)


def test_what_is_there_is_named_and_the_rest_is_written(run: Run, write: Write, tmp_path: Path) -> None:
    export = write("export.json", {"flags": [flag(), flag(key="g")]})
    run("import", "amplitude", export, "--write", tmp_path / "flags")
    (tmp_path / "flags" / "g.yaml").unlink()
    again = run("import", "amplitude", export, "--write", tmp_path / "flags")
    assert again.exit_code == 1
    assert f"Error: f: {tmp_path}/flags/f.yaml exists already; flagctl import never overwrites" in again.stderr
    assert (tmp_path / "flags" / "g.yaml").exists()


def test_a_byte_order_mark_as_windows_writes_it_is_skipped(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"flags": [flag()]}), encoding="utf-8-sig")
    assert run("import", "amplitude", export).exit_code == 0


def test_without_the_compiled_form_nothing_is_called_proven(run: Run, write: Write) -> None:
    result = run("import", "amplitude", write("export.json", flag()), "--project", "shop")
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout)["metadata"] == {"name": "f", "namespace": "shop"}
    assert result.stderr.startswith("not proven: --compiled names the compiled flags to compare with\nf: imported\n")


def test_a_form_that_gives_users_something_else_fails(run: Run, write: Write) -> None:
    export = write("export.json", exported({**HALF["ui"], "rolloutPercentage": 51}))
    compiled = write("compiled.json", json.dumps([HALF["compiled"]]))
    result = run("import", "amplitude", export, "--compiled", compiled, "--users", "2000")
    assert (result.exit_code, "NOT the same: " in result.stderr, "gets off there and on here" in result.stderr) == (
        1,
        True,
        True,
    )


def test_a_flag_that_no_cluster_takes_is_not_written(run: Run, write: Write, tmp_path: Path) -> None:
    export = write("export.json", json.dumps([flag(variants=[{"key": "a"}, {"key": "a"}]), flag(key="g")]))
    result = run("import", "amplitude", export, "--write", tmp_path / "flags")
    assert (result.exit_code, [each.name for each in (tmp_path / "flags").iterdir()]) == (1, ["g.yaml"])
    assert "f: not imported\n  error: spec.variants" in result.stderr


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{", 1, "is not JSON"),
        ("3", 1, "the file holds neither flags nor a list of them"),
        ('{"flags": []}', 1, "there is no flag in it"),
    ],
)
def test_what_is_no_export_is_refused(text: str, code: int, said: str, run: Run, write: Write) -> None:
    result = run("import", "amplitude", write("export.json", text))
    assert (result.exit_code, said in result.stderr) == (code, True)
    other = run("import", "amplitude", write("e.json", flag()), "--compiled", write("c.json", text))
    assert other.exit_code == 1
