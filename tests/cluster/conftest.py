"""What the tests on a real API server share. One control plane for all that do not break it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cluster.assets import AssetsUnavailableError, assets
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import install
from tests.cluster.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def binaries() -> Path:
    """The folder of etcd, kube-apiserver and kubectl."""
    try:
        return assets()
    except AssetsUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def _own_discovery(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kubectl ask which kinds there are: what it has kept names kinds that other tests have taken away since."""
    monkeypatch.setenv("KUBECACHEDIR", str(tmp_path_factory.mktemp("discovery")))


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory, binaries: Path) -> Iterator[ControlPlane]:
    """A control plane with the CRDs. Shared: leave it running."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane"), binaries) as plane:
        install(plane)
        yield plane


@pytest.fixture(scope="module")
def own_plane(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, binaries: Path
) -> Iterator[ControlPlane]:
    """A control plane with the CRDs for a module that breaks it, or that has FLAGS for its API server.

    Its tests and their stages get it where the module has a fixture `plane` that returns it.
    """
    flags = getattr(request.module, "FLAGS", None)
    with ControlPlane(tmp_path_factory.mktemp("own-control-plane"), binaries, flags=flags) as plane:
        install(plane)
        yield plane


@pytest.fixture
def stage(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A namespace for one test, on the shared control plane."""
    with Stage(plane, namespace_of(request.node.name)) as stage:
        yield stage


def namespace_of(test: str) -> str:
    """Return a name for the namespace of a test."""
    return re.sub(r"[^a-z0-9]+", "-", test.removeprefix("test_").lower())[:60].strip("-")
