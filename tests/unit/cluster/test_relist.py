"""A list that fails half-way takes nothing away."""

from __future__ import annotations

import pytest

from flagd.manifest import KINDS
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.relist import crds_served, relist
from flagoperator.reconcile.mirror import Mirror
from tests.unit.cluster.api_server import ApiServer
from tests.unit.reconcile.cluster import flag, ref


def cluster(version: int, *flags: dict) -> ApiServer:
    server = ApiServer()
    for kind in KINDS:
        server.objects[collection(kind)] = {"metadata": {"resourceVersion": str(version)}, "items": []}
    server.objects[collection("Flag")]["items"] = list(flags)
    return server


async def test_everything_is_listed():
    mirror = Mirror()
    assert await relist(cluster(9, flag("a", 5)), mirror, ()) == {ref("a")}  # type: ignore[arg-type]
    assert mirror.complete


async def test_a_list_that_is_refused_takes_nothing_away():
    mirror = Mirror()
    await relist(cluster(9, flag("a", 5)), mirror, ())  # type: ignore[arg-type]
    server = cluster(12)
    server.failures = [ApiError(403, "Forbidden", "not any more")]
    with pytest.raises(ApiError, match="not any more"):
        await relist(server, mirror, ())  # type: ignore[arg-type]
    assert mirror.count("Flag") == 1


async def test_kinds_that_are_not_served_are_not_an_empty_list():
    mirror = Mirror()
    await relist(cluster(9, flag("a", 5)), mirror, ())  # type: ignore[arg-type]
    server = cluster(12)
    del server.objects[collection("Flag")]
    with pytest.raises(ApiError):
        await relist(server, mirror, ())  # type: ignore[arg-type]
    assert mirror.count("Flag") == 1


async def test_crds_are_served_when_all_are():
    server = ApiServer()
    assert not await crds_served(server)  # type: ignore[arg-type]
    names = [{"name": f"{kind.lower()}s"} for kind in KINDS]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": names[:-1]}
    assert not await crds_served(server)  # type: ignore[arg-type]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": names}
    assert await crds_served(server)  # type: ignore[arg-type]
