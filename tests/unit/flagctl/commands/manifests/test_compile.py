from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flagd.compiler import compile_project
from flagd.manifest import load
from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]


def test_what_is_printed_is_what_the_compiler_makes(run: Run, write: Write) -> None:
    path = write("a.yaml", [flag("b"), flag("a", allOtherUsers={"percent": 25})])
    result = run("compile", path, "--project", "shop")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == compile_project(load([path]).resources, project="shop").flags
    assert [each["key"] for each in json.loads(result.stdout)] == ["a", "b"]


def test_local_delivery_turns_remote_flags_off(run: Run, write: Write) -> None:
    path = write("a.yaml", [flag("near", evaluationMode="Local"), flag("far")])
    far, near = json.loads(run("compile", path, "--delivery", "local").stdout)
    assert [segment["variant"] for segment in far["segments"]] == ["off"]
    assert [segment["variant"] for segment in near["segments"]] == ["on"]


def test_local_delivery_is_written_as_amplitudes_engines_read_it(run: Run, write: Write) -> None:
    condition = {"attribute": "user.properties.mail", "op": "regex match", "values": ["(?i)@a$"]}
    segment = {"name": "mail", "match": [condition], "rollout": {"percent": 100}}
    path = write("a.yaml", [flag("near", evaluationMode="Local", segments=[segment])])
    delivered, ours = (json.loads(run("compile", path, *how).stdout)[0] for how in (["--delivery", "local"], []))
    assert ours["segments"][0]["conditions"][0][0]["values"] == ["(?i)@a$"]
    assert delivered["segments"][0]["conditions"][0][0]["values"] == [r"@[Aa]$(?!\n)"]


def test_broken_flags_are_left_out_and_said_so(run: Run, write: Write) -> None:
    broken = flag("broken", prerequisites={"flags": [{"key": "nowhere", "variants": ["on"]}]})
    result = run("compile", write("a.yaml", [broken, flag("good")]))
    assert result.exit_code == 1
    assert [each["key"] for each in json.loads(result.stdout)] == ["good"]
    assert "nowhere" in result.stderr
    assert result.stderr.endswith("Error: what does not compile was left out\n")


def test_errors_of_another_project_do_not_matter(run: Run, write: Write) -> None:
    broken = flag("broken", namespace="blog", prerequisites={"flags": [{"key": "nowhere", "variants": ["on"]}]})
    result = run("compile", write("a.yaml", [broken, flag("good")]), "--project", "shop")
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_default_project_need_not_be_named(run: Run, write: Write) -> None:
    path = write("a.yaml", [flag("one", namespace="default"), flag("two", namespace="shop")])
    assert [each["key"] for each in json.loads(run("compile", path).stdout)] == ["one"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "name the project: --project blog | shop"),
        (["--project", "shpo"], 1, 'no project "shpo" in these manifests; did you mean "shop"?'),
    ],
)
def test_the_project_must_be_one_of_the_manifests(
    arguments: list[str], code: int, message: str, run: Run, write: Write
) -> None:
    path = write("a.yaml", [flag("a"), flag("a", namespace="blog")])
    result = run("compile", path, *arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_manifests_without_flags_are_said_to_have_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text("kind: Service\napiVersion: v1\nmetadata: {name: a}\n")
    result = run("compile", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == "Error: there are no flags in these manifests; flagctl lint says more\n"
