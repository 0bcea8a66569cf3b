"""docs/architecture.md is true of the tree: its packages, its order, its files."""

from __future__ import annotations

import re
import tomllib

import pytest

from flagd.hashing import bucket
from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
SOURCE = ROOT / "src"


def described() -> list[str]:
    rows = re.findall(r"^\| ((?:`flag[\w.]+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = {each["containers"][0]: each for each in CONTRACTS if each["type"] == "layers"}


@pytest.mark.parametrize("root", LAYERS)
def test_every_package_has_a_row(root: str) -> None:
    entries = [entry for entry in (SOURCE / root).iterdir() if not entry.name.startswith("_")]
    inside = {f"{root}.{entry.stem}" for entry in entries if entry.suffix == ".py" or any(entry.glob("*.py"))}
    assert {name for name in described() if name.startswith(f"{root}.")} == inside


def test_every_package_of_the_project_has_layers_that_leave_nothing_out() -> None:
    assert set(LAYERS) == {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert [root for root, contract in LAYERS.items() if not contract["exhaustive"]] == []


@pytest.mark.parametrize("root", LAYERS)
def test_the_rows_stand_in_the_order_of_the_layers(root: str) -> None:
    layers = enumerate(LAYERS[root]["layers"])
    height = {f"{root}.{name.strip()}": -level for level, layer in layers for name in layer.split("|")}
    height = {name: level for name, level in height.items() if "._" not in name}
    rows = [name for name in described() if name in height]
    assert rows == sorted(rows, key=height.__getitem__)
    assert set(rows) == set(height)


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`(flagd/[\w/]+\.py)`", PAGE))
    assert named
    assert [path for path in sorted(named) if not (SOURCE / path).exists()] == []


def test_every_folder_of_tests_has_a_row() -> None:
    rows = set(re.findall(r"^\| `tests/(\w+)` \|", PAGE, re.MULTILINE))
    assert rows == {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name[0] not in "_."}


def test_the_walk_gives_the_numbers_of_the_hash() -> None:
    number = bucket("new-checkout", "eve")
    assert f"`new-checkout/eve`: {number.hash}" in PAGE
    assert f"{number.hash} mod 100 is {number.allocation}" in PAGE
