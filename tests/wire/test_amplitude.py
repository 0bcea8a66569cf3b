"""Amplitude's own SDKs, unmodified, against flagd: remote, and local by polling and by streaming."""

import pytest

from flagd.transport.envoy import missing
from tests.ports import free_address
from tests.wire.clients import environment
from tests.wire.clients.repl import Repl
from tests.wire.conftest import running
from tests.wire.process import eventually
from tests.wire.sdk_project import KEY, PATTERNS, USERS, expected, write_project
from tests.wire.shop import flag

KINDS = ["remote", "poll", "stream"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdk")
    write_project(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    with running(folder, "--transport", "envoy", "--deployment-keys", "required") as process:
        yield process


@pytest.fixture(scope="module", params=["python", "node"])
def script(request):
    if request.param == "python":
        return environment.python(), environment.PYTHON_FOLDER / "amplitude_repl.py"
    return environment.node(), environment.NODE_FOLDER / "amplitude_repl.mjs"


@pytest.fixture(scope="module", params=KINDS)
def sdk(request, script, server):
    repl = Repl(*script, request.param, f"http://{server.listen}", KEY)
    yield repl
    repl.stop()


def test_an_sdk_gives_what_our_engine_gives(request, sdk, folder):
    remote = request.node.callspec.params["sdk"] == "remote"
    for user, variants in zip(USERS, expected(folder), strict=True):
        if remote:  # a key is answered about its own flags only, and groups are nobody's
            variants = {key: one for key, one in variants.items() if one["metadata"]["deployed"]}
        told = _plain(sdk.ask(user), variants)
        for one in told.values():  # flagd's own word beside Amplitude's form
            one["metadata"].pop("missingBucketingKey", None)
        assert told == _plain(variants, variants), user


def test_an_sdk_reads_patterns_as_flagd_does(sdk, folder):
    for name in PATTERNS:
        wanted = [variants[name]["key"] for variants in expected(folder)]
        assert set(wanted) == {"on", "off"}
        assert [sdk.ask(user)[name]["key"] for user in USERS] == wanted, name


def test_a_change_arrives(sdk, folder):
    file = folder / "late.yaml"
    try:
        for variant in ("first", "second"):
            file.write_text(_flag(variant))
            eventually(lambda variant=variant: sdk.ask(USERS[0]).get("late", {}).get("key") == variant)
        file.unlink()
        eventually(lambda: "late" not in sdk.ask(USERS[0]))
    finally:
        file.unlink(missing_ok=True)


def test_sdks_get_over_a_restart(script, tmp_path):
    write_project(tmp_path)
    options = ("--transport", "envoy", "--listen", free_address())
    with running(tmp_path, *options) as process:
        sdks = [Repl(*script, kind, f"http://{process.listen}", KEY) for kind in ("remote", "poll")]
    try:
        (tmp_path / "late.yaml").write_text(_flag("first"))
        with running(tmp_path, *options):
            for sdk in sdks:
                eventually(lambda sdk=sdk: "late" in sdk.ask(USERS[0]))
    finally:
        for sdk in sdks:
            sdk.stop()


def _plain(variants, wanted):
    """Return what SDKs show of a variant; some say None where others say nothing. Of flags not wanted, nothing."""
    names = ("key", "value", "payload", "metadata")
    return {key: {name: one.get(name) for name in names} for key, one in variants.items() if key in wanted}


def _flag(variant):
    text = flag("late", variant).replace("namespace: shop", "namespace: default")
    return f"{text}  evaluationMode: Local\n  deployments: [sdk]\n"
