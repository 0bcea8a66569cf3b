from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Program = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[[str, object], Path]

MISSPELT = """\
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: checkout, namespace: shop}
spec:
  variants: [{key: "on"}]
  allOtherUsers: {percentt: 25}
"""


def test_good_manifests_pass(run: Run, write: Write) -> None:
    result = run("lint", write("a.yaml", flag("checkout")))
    assert (result.exit_code, result.stdout) == (0, "1 resource: nothing found\n")


def test_an_error_fails_with_file_line_and_what_would_be_right(run: Run, write: Write) -> None:
    path = write("a.yaml", MISSPELT)
    result = run("lint", path)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == str(path)
    assert lines[1].startswith("     6  error  ")
    assert "percentt" in lines[1]
    assert "`percent`" in lines[1]
    assert "Flag shop/checkout, spec.allOtherUsers" in lines[2]
    assert lines[-1] == "1 error in 1 resource"


def test_errors_between_resources_are_found_where_they_stand(run: Run, write: Write) -> None:
    write("a.yaml", flag("a", prerequisites={"flags": [{"key": "b", "variants": ["on"]}]}))
    write("b.yaml", flag("b", prerequisites={"flags": [{"key": "a", "variants": ["on"]}]}))
    folder = write("c.yaml", flag("c")).parent
    result = run("lint", "--output", "json", folder)
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert {found["file"] for found in report["diagnostics"]} == {str(folder / "a.yaml"), str(folder / "b.yaml")}
    assert any("a → b → a" in found["message"] for found in report["diagnostics"])


def test_a_flag_without_deployments_is_warned_of_where_keys_are_required(run: Run, write: Write) -> None:
    web = {**flag("web"), "kind": "FlagDeployment", "spec": {"type": "Server", "keyHashes": ["sha256:" + "0" * 64]}}
    path = write("a.yaml", [flag("hidden"), flag("shown", deployments=["web"]), web])
    report = json.loads(run("lint", "--output", "json", "--deployment-keys", "required", path).stdout)
    told = [(each["severity"], each["reason"], each["resource"]["name"]) for each in report["diagnostics"]]
    assert told == [("warning", "NoDeployments", "hidden")]
    assert "nothing found" in run("lint", path).stdout


def test_who_refers_to_a_resource_with_errors_is_not_told_that_there_is_none(run: Run, write: Write) -> None:
    segment = MISSPELT.replace("kind: Flag", "kind: FlagSegment").replace("name: checkout", "name: pro")
    write("segment.yaml", segment)
    user = flag("a", segments=[{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}])
    result = run("lint", "--output", "json", write("a.yaml", user).parent)
    found = {each["reason"]: each["message"] for each in json.loads(result.stdout)["diagnostics"]}
    assert "ReferenceMissing" not in found
    assert found["ReferenceBroken"] == "FlagSegment 'pro' has errors of its own; fix it first"


@pytest.fixture
def warned(write: Write) -> Path:
    return write("a.yaml", flag("checkout", deployments=["web"]))


def test_a_warning_is_shown_and_passes(run: Run, warned: Path) -> None:
    result = run("lint", warned)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "1 warning in 1 resource"


def test_a_warning_fails_where_asked_to(run: Run, warned: Path) -> None:
    assert run("lint", "--warnings-as-errors", warned).exit_code == 1


@pytest.mark.parametrize("output", ["text", "json", "github", "sarif"])
def test_every_form_fails_on_errors(output: str, run: Run, write: Write) -> None:
    result = run("lint", "--output", output, write("a.yaml", MISSPELT))
    assert result.exit_code == 1
    assert "percentt" in result.stdout


@pytest.mark.parametrize(("output", "empty"), [("json", False), ("sarif", False), ("github", True)])
def test_machines_get_nothing_but_their_form(output: str, empty: bool, run: Run, write: Write) -> None:
    shown = run("lint", "--output", output, write("a.yaml", flag("checkout"))).stdout
    assert shown == "" if empty else json.loads(shown)


def test_standard_input_can_be_linted_beside_files(program: Program, write: Write) -> None:
    path = write("a.yaml", flag("checkout"))
    done = program("lint", "-", path, input=path.read_text())
    assert done.returncode == 1
    assert f"also declared at {path}:1" in done.stdout
    assert done.stdout.startswith("-\n")


def test_a_path_that_is_not_there_exits_3_and_names_the_nearest(run: Run, write: Write) -> None:
    path = write("flags/a.yaml", flag("checkout"))
    result = run("lint", path.parent.with_name("flagz"))
    assert result.exit_code == 3
    assert f"did you mean {path.parent}?" in result.stderr


def test_a_directory_without_manifests_is_said_to_be_empty(run: Run, tmp_path: Path) -> None:
    result = run("lint", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == f"Error: no manifests in {tmp_path}\n"


def test_helm_output_with_other_kinds_is_linted_for_ours(program: Program) -> None:
    rendered = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\n" + MISSPELT
    done = program("lint", "-", input=rendered)
    assert done.returncode == 1
    assert "ConfigMap" not in done.stdout
    assert "    10  error" in done.stdout


def test_what_kubectl_prints_is_linted_item_by_item(program: Program) -> None:
    live = flag("checkout", allOtherUsers={"percentt": 1})
    live["metadata"] |= {
        "uid": "x",
        "managedFields": [{"manager": "kubectl"}],
        "creationTimestamp": "2030-01-01T00:00:00Z",
    }
    printed = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [{**flag("good"), "status": {"observedGeneration": 1}}, live],
    }
    done = program("lint", "-", input=json.dumps(printed, indent=2))
    assert done.returncode == 1
    assert "Flag shop/checkout, spec.allOtherUsers.percentt" in done.stdout
    assert done.stdout.endswith("1 error in 2 resources\n")
