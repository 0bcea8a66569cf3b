"""CONTRIBUTING.md is true of the tree: its rooms are those of the contracts, its paths exist."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.docs.page import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = {each["containers"][0]: each["layers"] for each in CONTRACTS if each["type"] == "layers"}
CHANGES = [
    "an operator of conditions",
    "an optional field of Flag",
    "an RPC",
    "a condition of a status",
    "a metric of flagd",
    "a metric of the operator",
    "a new kind",
    "a verb of `flagctl`",
]


def rows(heading: str) -> dict[str, str]:
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", section, re.MULTILINE))


@pytest.mark.parametrize("root", LAYERS)
def test_the_rooms_are_those_of_the_contracts_from_the_bottom_up(root: str):
    named = re.findall(r"`(\w+)`", rows("Where things are")[f"`{root}`"])
    height = {name.strip(): -level for level, layer in enumerate(LAYERS[root]) for name in layer.split("|")}
    folders = [name for name in height if (ROOT / "src" / root / name).is_dir()]
    assert sorted(named) == sorted(folders)
    assert named == sorted(named, key=height.__getitem__)


def test_every_usual_change_has_a_row():
    assert [what for what in rows("Where do I change") if what not in ("what", "---")] == CHANGES


@pytest.mark.parametrize("change", CHANGES)
def test_the_paths_of_a_change_exist(change: str):
    paths = re.findall(r"`((?:src|tests|docs|protos)/[^`]+)`", rows("Where do I change")[change])
    assert len(paths) >= 3
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_other_path_exists():
    paths = set(re.findall(r"`((?:src|tests|docs|protos)/[\w/.]+)`|\]\(([\w/.]+)\)", PAGE))
    assert [path for pair in paths for path in pair if path and not (ROOT / path).exists()] == []
