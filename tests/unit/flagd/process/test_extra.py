from __future__ import annotations

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flagd.process import extra
from flagd.process.extra import EXTRAS, require

PROJECT: dict[str, Any] = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text())["project"]


def brought_by(name: str) -> set[str]:
    """The distributions that an extra of pyproject.toml names, itself or by way of another extra."""
    requirements = [Requirement(line) for line in PROJECT["optional-dependencies"][name]]
    ours = [part for each in requirements if each.name == PROJECT["name"] for part in each.extras]
    others = {canonicalize_name(each.name) for each in requirements if each.name != PROJECT["name"]}
    return others.union(*map(brought_by, ours))


@pytest.mark.parametrize("name", EXTRAS)
def test_the_modules_of_an_extra_are_those_that_it_brings(name: str):
    brings = packages_distributions()
    assert {canonicalize_name(each) for module in EXTRAS[name] for each in brings[module]} == brought_by(name)


def test_a_program_with_its_extra_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(extra.EXTRAS, "ctl", ("json", "email"))
    require("ctl", "flagctl")


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        (("json", "nowhere"), "flagctl needs nowhere, which is not installed: "),
        (("no1", "no2"), "flagctl needs no1 and no2, which are not installed: "),
        (("no1", "no2", "no3"), "flagctl needs no1, no2 and no3, which are not installed: "),
    ],
)
def test_a_program_without_its_extra_says_what_to_install(modules, said, monkeypatch, capsys):
    monkeypatch.setitem(extra.EXTRAS, "ctl", modules)
    with pytest.raises(SystemExit) as ended:
        require("ctl", "flagctl")
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{said}run pip install 'flagoperator[ctl]'\n"
