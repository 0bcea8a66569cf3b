import pytest

from flagd.manifest import KINDS, crds
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.definitions import PATH, definition_releases
from tests.unit.flagoperator.cluster.api_server import ApiServer


def server(*missing):
    found = ApiServer()
    for crd in crds():
        if crd["spec"]["names"]["kind"] not in missing:
            found.objects[f"{PATH}/{crd['metadata']['name']}"] = {"metadata": crd["metadata"]}
    return found


async def test_each_crd_that_is_installed_has_a_release():
    releases = await definition_releases(server("Flag"))
    assert len(releases) == len(KINDS) - 1
    assert "flags.flagoperator.dev" not in releases
    assert all(releases.values())


async def test_a_crd_may_say_no_release():
    without = server()
    without.objects[f"{PATH}/flags.flagoperator.dev"] = {"metadata": {"name": "flags.flagoperator.dev"}}
    assert (await definition_releases(without))["flags.flagoperator.dev"] == ""


async def test_who_may_not_read_them_is_told():
    refusing = server()
    refusing.failures.append(ApiError(403, "Forbidden", PATH))
    with pytest.raises(ApiError) as refused:
        await definition_releases(refusing)
    assert refused.value.status == 403
