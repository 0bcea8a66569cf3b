"""The CRDs on the oldest API server that the chart takes, and on the newest that builds: what they take and refuse."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from flagd.manifest import KINDS, crds
from flagd.manifest.parts.bound import Bound
from flagd.manifest.parts.percent import Percent
from tests.chart.helm import VALUES
from tests.cluster.assets import NEWEST, OLDEST, AssetsUnavailableError, assets_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import DEFINITIONS, install
from tests.cluster.rendered import complaint
from tests.cluster.stage import Stage, flag
from tests.cluster.verdict import (
    LONGEST,
    NUMBERS,
    ONLY_LINT,
    RIGHT,
    WRONG,
    is_a,
    refusal,
    refused_bounds,
    refused_percents,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.yaml"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(0)]


@pytest.fixture(scope="module", params=[OLDEST, NEWEST])
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


@pytest.mark.parametrize("values", [None, *VALUES], ids=lambda path: path.stem if path else "default")
def test_every_object_of_the_chart_is_taken_strictly(server: ControlPlane, values: Path | None):
    assert not complaint(server, values)


def test_its_verdict_is_that_of_lint(server: ControlPlane):
    said = {name: refusal(server, obj) for name, obj in (WRONG | RIGHT).items() if "namespace" not in name}
    assert {name for name, each in said.items() if each} == WRONG.keys() - ONLY_LINT.keys()
    assert not [each for each in said.values() if each and "evaluation error" in each]


def test_numbers_are_judged_by_their_letters_alike(server: ControlPlane):
    assert refused_percents(server) == {each for each in NUMBERS if not is_a(Percent, each)}
    assert refused_bounds(server) == {each for each in NUMBERS if not is_a(Bound, each)}
    assert refusal(server, LONGEST) is None


def test_a_flag_is_served_and_its_status_says_so(server: ControlPlane):
    with Stage(server, "versions") as stage:
        stage.operator()
        replica = stage.replica("flagd-0")
        stage.apply(flag("banner"))
        stage.wait("banner", Published="True")
        assert stage.variant(replica, "banner") == "on"
