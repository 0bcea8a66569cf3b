"""OpenFeature's manifest, served: what the key opens, with the types that callers ask for."""

import json
import urllib.error
import urllib.request

import pytest

from flagd.transport.envoy import missing
from tests.wire.conftest import running
from tests.wire.process import eventually
from tests.wire.shop import BACKEND_KEY, OTHER, OTHER_KEY, SHOP, WEB_KEY, flag

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "all.yaml").write_text(f"{SHOP}---{OTHER}")
    with running(folder, "--transport", "envoy", "--deployment-keys", "required") as process:
        yield process


def _get(process, **headers):
    request = urllib.request.Request(f"http://{process.listen}/openfeature/v0/manifest", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, dict(answer.headers), json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


@pytest.mark.parametrize(
    ("key", "flags"),
    [
        (WEB_KEY, {"checkout": "object", "colour": "string"}),
        (BACKEND_KEY, {"colour": "string", "secret": "boolean"}),
        (OTHER_KEY, {}),
    ],
)
def test_a_key_opens_the_flags_of_its_deployment_by_their_types(shop, key, flags):
    status, headers, told = _get(shop, authorization=f"Bearer {key}")
    assert (status, headers["x-manifest-capabilities"]) == (200, "read")
    assert {name: one["flagType"] for name, one in told["flags"].items()} == flags


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
def test_without_a_key_nothing_is_told(shop, headers):
    status, _, said = _get(shop, **headers)
    assert (status, "checkout" in said) == (401, False)


def test_a_manifest_follows_the_flags(tmp_path):
    (tmp_path / "a.yaml").write_text(flag("a", "on"))
    with running(tmp_path, "--transport", "envoy") as process:
        assert _get(process)[2]["flags"] == {"a": {"flagType": "boolean", "defaultValue": False}}
        (tmp_path / "a.yaml").write_text(flag("a", "blue"))
        eventually(lambda: _get(process)[2]["flags"] == {"a": {"flagType": "string", "defaultValue": "off"}})
