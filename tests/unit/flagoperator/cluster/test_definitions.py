import pytest

from flagd.manifest import KINDS, crds
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.definitions import PATH, definition_releases, is_older
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


@pytest.mark.parametrize(
    ("release", "than", "older"),
    [
        ("0.9.0", "0.10.0", True),
        ("0.10.0", "0.9.0", False),
        ("1.0", "1.0.0", False),
        ("1.0.0", "1.0.1", True),
        ("1.1.0rc1", "1.1.0", False),
        ("", "0.0.0", True),
        ("latest", "0.1.0", True),
    ],
)
def test_releases_are_compared_by_their_numbers(release: str, than: str, older: bool):
    assert is_older(release, than) is older
