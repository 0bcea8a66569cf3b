"""One node for all tests on it, and the chart installed there with its default values."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from scripts.image import __main__ as image
from scripts.image.program import PROGRAMS
from scripts.image.rootfs import ROOT
from tests.cluster.assets import AssetsUnavailableError
from tests.node.calls import Calls
from tests.node.fitness import unfit
from tests.node.installed import Installed
from tests.node.node import Node, NoNodeError, twice
from tests.node.programs import programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node with our three images."""
    if reason := unfit():
        pytest.skip(reason)
    try:
        binaries = programs()
    except AssetsUnavailableError as error:
        pytest.skip(str(error))
    cache = ROOT / ".cache/images"
    cache.mkdir(parents=True, exist_ok=True)

    def built() -> list[Path]:
        folder = tmp_path_factory.mktemp("images")
        for program in PROGRAMS.values():
            image.build(program, image.VERSION, folder, cache)
        return [folder / f"{name}.tar" for name in PROGRAMS]

    images = twice(built)

    def started() -> Node:
        node = Node(tmp_path_factory.mktemp("node"), binaries, images)
        node.start()
        return node

    try:
        node = twice(started)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise NoNodeError from error
    yield node
    node.stop()
    shutil.rmtree(node.folder / "var", ignore_errors=True)


@pytest.fixture(scope="session")
def installed(node: Node) -> Installed:
    """The chart in a namespace that takes restricted pods only, and one flag."""
    installed = Installed(node)
    installed.install()
    return installed


@pytest.fixture(autouse=True)
def flag(request: pytest.FixtureRequest) -> None:
    """Every test finds the flag as it was installed, whatever the one before made of it."""
    if "installed" in request.fixturenames:
        request.getfixturevalue("installed").restore()


@pytest.fixture
def calls(installed: Installed) -> Iterator[Calls]:
    """Pods that call for as long as a test runs."""
    calls = Calls(installed)
    calls.start()
    yield calls
    calls.stop()
