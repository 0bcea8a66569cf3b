from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagctl.files.draft import slug
from flagd.manifest import Flag, read_text
from flagd.value_type import VALUE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


def made(run: Run, *arguments: str) -> Flag:
    result = run("new", *arguments)
    assert result.exit_code == 0, result.stderr
    loaded = read_text(result.stdout)
    assert loaded.diagnostics == ()
    (flag,) = loaded.resources
    assert isinstance(flag, Flag)
    return flag


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("New checkout", "new-checkout"),
        ("  New   checkout! ", "new-checkout"),
        ("Größe & Farbe", "grosse-farbe"),
        ("Crème brûlée", "creme-brulee"),
        ("Ann's page", "anns-page"),
        ("2027", "2027"),
        ("新", ""),
    ],
)
def test_the_key_is_the_name_in_lower_case_with_dashes(name: str, key: str) -> None:
    assert slug(name) == key


def test_a_name_is_enough(run: Run) -> None:
    flag = made(run, "New checkout")
    assert (flag.metadata.name, flag.key, flag.spec.display_name) == ("new-checkout", "new-checkout", "New checkout")
    assert [(variant.key, variant.name) for variant in flag.spec.variants] == [("on", "On")]
    assert flag.spec.active is False
    assert flag.spec.all_other_users is not None
    assert flag.spec.all_other_users.percent == 0


def test_options_fill_in_the_rest(run: Run) -> None:
    flag = made(
        run,
        "Button colour",
        *("--variant", "Red", "--variant", "Light blue:3", "--percent", "12.5", "--type", "experiment"),
        *("--owner", "team: web", "--expires", "2030-12-31", "--deployment", "web", "--deployment", "ios"),
        *("--project", "shop", "--key", "Button_Colour"),
    )
    spec = flag.spec
    assert (flag.metadata.name, flag.metadata.namespace, flag.key) == ("button-colour", "shop", "Button_Colour")
    assert [variant.key for variant in spec.variants] == ["red", "light-blue"]
    assert spec.all_other_users is not None
    assert (spec.all_other_users.percent, spec.all_other_users.weights) == ("12.5", {"red": 1, "light-blue": 3})
    assert (spec.type, spec.owner, spec.expires, spec.deployments) == (
        "Experiment",
        "team: web",
        "2030-12-31",
        ["web", "ios"],
    )


@pytest.mark.parametrize(
    "name", ["On", "no", "null", "1e3", "0x10", "2027-03-01", "a: b #c", 'say "hi"', "ünï ✓", "~x"]
)
def test_odd_names_arrive_as_they_are(name: str, run: Run) -> None:
    flag = made(run, name, "--variant", name)
    assert flag.spec.display_name == name
    assert flag.spec.variants[0].name == name


@pytest.mark.parametrize("value_type", VALUE_TYPES)
@pytest.mark.parametrize("names", [["On"], ["Red", "Light blue"]])
def test_the_values_are_of_the_type_that_was_named(value_type: str, names: list[str], run: Run) -> None:
    variants = [argument for name in names for argument in ("--variant", name)]
    flag = made(run, "Colour", *variants, "--value-type", value_type.lower())
    assert flag.spec.value_type == value_type
    assert [variant.name for variant in flag.spec.variants] == names


def test_a_key_that_can_be_the_value_needs_no_payload(run: Run) -> None:
    for value_type, name in (("Boolean", "On"), ("String", "Red")):
        (variant,) = made(run, "Colour", "--variant", name, "--value-type", value_type).spec.variants
        assert variant.payload is None


def test_without_a_type_any_is_allowed(run: Run) -> None:
    assert made(run, "Colour").spec.value_type is None


def test_the_comments_are_manifests_too_once_uncommented(run: Run) -> None:
    text = run("new", "New checkout").stdout
    lines = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in text.splitlines()]
    loaded = read_text("\n".join(lines))
    assert [found for found in loaded.diagnostics if found.severity == "error"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["新"], "pass one: --key new-checkout"),
        ([" "], "empty or contains control characters"),
        (["a\x1bb"], "empty or contains control characters"),
        (["a", "--variant", "!"], "contains no letter a-z or digit"),
        (["a", "--variant", "On", "--variant", "on"], 'several variants would have the key "on"'),
        (["a", "--variant", "On:1000001"], "spec.allOtherUsers.weights"),
        (["a", "--variant", "Off"], "off"),
        (["a", "--percent", "101"], "0 to 100"),
        (["a", "--expires", "2030-02-31"], '"2030-02-31" is not a date'),
        (["a", "--owner", "x" * 5000], "spec.owner"),
    ],
)
def test_what_makes_no_valid_flag_is_refused(arguments: list[str], message: str, run: Run) -> None:
    result = run("new", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_write_into_a_directory_names_the_file_for_the_flag(run: Run, tmp_path: Path) -> None:
    result = run("new", "New checkout", "--write", tmp_path)
    assert result.stdout == ""
    assert (tmp_path / "new-checkout.yaml").read_text() == run("new", "New checkout").stdout


def test_a_directory_that_ends_with_a_slash_is_made(run: Run, tmp_path: Path) -> None:
    assert run("new", "Light theme", "--write", f"{tmp_path}/new/flags/").exit_code == 0
    assert [*tmp_path.rglob("*.yaml")] == [tmp_path / "new" / "flags" / "light-theme.yaml"]
    (tmp_path / "file").touch()
    refused = run("new", "Light theme", "--write", f"{tmp_path}/file/")
    assert (refused.exit_code, "cannot make the folder" in refused.stderr) == (3, True)


def test_write_never_overwrites(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("precious")
    result = run("new", "New checkout", "--write", path)
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert path.read_text() == "precious"


def test_write_where_nothing_can_be_written_exits_3(run: Run, tmp_path: Path) -> None:
    result = run("new", "New checkout", "--write", tmp_path / "no" / "such.yaml")
    assert result.exit_code == 3
    assert "cannot write" in result.stderr
