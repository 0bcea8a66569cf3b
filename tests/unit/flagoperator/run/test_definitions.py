"""CRDs that are older than the operator are told of, once, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest import crds
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.definitions import PATH
from flagoperator.run.definitions import Definitions
from flagoperator.run.monitoring.metrics import OperatorMetrics
from tests.unit.flagoperator.cluster.api_server import ApiServer

if TYPE_CHECKING:
    import pytest


def cluster(**releases: str | None) -> ApiServer:
    """Return an API server with our CRDs; `releases` are those of some, by plural, None = without."""
    server = ApiServer()
    for crd in crds():
        plural = crd["spec"]["names"]["plural"]
        release = releases.get(plural, "1.10.0")
        metadata = {"name": crd["metadata"]["name"]}
        if release is not None:
            metadata["annotations"] = {next(iter(crd["metadata"]["annotations"])): release}
        server.objects[f"{PATH}/{metadata['name']}"] = {"metadata": metadata}
    return server


def looking(server: ApiServer) -> tuple[Definitions, OperatorMetrics]:
    metrics = OperatorMetrics()
    return Definitions(server, metrics, "1.10.0"), metrics  # type: ignore[arg-type]


async def test_definitions_of_this_release_are_nothing_to_tell(caplog: pytest.LogCaptureFixture):
    definitions, metrics = looking(cluster(flags="1.11.0"))
    await definitions.look()
    assert metrics.crds_outdated == 0
    assert caplog.text == ""


async def test_older_definitions_are_told_of_once(caplog: pytest.LogCaptureFixture):
    server = cluster(flags="1.9.0", flagsegments=None)
    definitions, metrics = looking(server)
    await definitions.look()
    await definitions.look()
    assert metrics.crds_outdated == 2
    (said,) = caplog.messages
    assert "flags.flagoperator.dev (1.9.0), flagsegments.flagoperator.dev (no release)" in said
    assert "flagctl crds | kubectl apply --server-side -f -" in said
    server.objects |= cluster().objects
    await definitions.look()
    assert metrics.crds_outdated == 0


async def test_definitions_that_are_not_installed_are_not_old():
    definitions, metrics = looking(ApiServer())
    await definitions.look()
    assert metrics.crds_outdated == 0


async def test_what_may_not_be_read_is_not_known(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    server = cluster()
    server.failures = [ApiError(403, "Forbidden", "no right"), ApiError(0, "", "away")]
    definitions, metrics = looking(server)
    await definitions.look()
    assert metrics.crds_outdated is None
    assert "of this release: no right" in caplog.text
    await definitions.look()
    assert metrics.crds_outdated is None
    assert "away" not in caplog.text
