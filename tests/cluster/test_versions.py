"""The CRDs on the newest API server that can be built here: they are taken, and flags too."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from flagd.manifest import KINDS, crds
from tests.cluster.assets import AssetsUnavailableError, assets_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import DEFINITIONS, install
from tests.cluster.stage import Stage, flag

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST = "1.37.2"
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.yaml"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(0)]


@pytest.fixture(scope="module", params=[NEWEST])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    try:
        binaries = assets_of(request.param)
    except AssetsUnavailableError as error:
        pytest.skip(str(error))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"Kubernetes {request.param} does not build here: {error}")
    with ControlPlane(tmp_path_factory.mktemp("server"), binaries) as plane:
        assert plane.request("/version")["gitVersion"] == f"v{request.param}"
        install(plane)
        yield plane


def test_every_definition_is_established_without_a_complaint(server: ControlPlane):
    for crd in crds():
        found = server.request(f"{DEFINITIONS}/{crd['metadata']['name']}")["status"]["conditions"]
        told = {each["type"]: each["status"] for each in found}
        assert (told["Established"], told.get("NonStructuralSchema", "False")) == ("True", "False")


def test_every_example_is_taken_strictly(server: ControlPlane):
    for path in EXAMPLES:
        for obj in yaml.safe_load_all(path.read_text()):
            collection = f"/apis/flagoperator.dev/v1alpha1/namespaces/default/{KINDS[obj['kind']].plural}"
            server.request(f"{collection}?fieldValidation=Strict&dryRun=All", "POST", obj)


def test_a_flag_is_served_and_its_status_says_so(server: ControlPlane):
    with Stage(server, "versions") as stage:
        stage.operator()
        replica = stage.replica("flagd-0")
        stage.apply(flag("banner"))
        stage.wait("banner", Published="True")
        assert stage.variant(replica, "banner") == "on"
