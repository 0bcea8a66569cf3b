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


@pytest.mark.parametrize("root", ["flagd", "flagoperator"])
def test_every_package_has_a_row(root: str) -> None:
    entries = [entry for entry in (SOURCE / root).iterdir() if not entry.name.startswith("_")]
    inside = {f"{root}.{entry.stem}" for entry in entries if entry.suffix == ".py" or any(entry.glob("*.py"))}
    assert {name for name in described() if name.startswith(f"{root}.")} == inside


def test_the_rows_stand_in_the_order_of_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    height = {f"flagd.{name.strip()}": -level for level, layer in enumerate(layers) for name in layer.split("|")}
    heights = [height[name] for name in described() if name in height]
    assert heights == sorted(heights)
    assert len(heights) == len(height)


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
