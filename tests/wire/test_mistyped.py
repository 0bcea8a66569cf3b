"""A mistyped flag key: every door whose answer has a text names the nearest flag, of those that the caller may see."""

import pytest

from flagd.transport.envoy import missing
from tests.wire.conftest import running
from tests.wire.doors import ONE, Asked
from tests.wire.shop import key_hash

WEB, BACK = "key-of-web", "key-of-back"
FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {name}}}
spec: {{active: true, deployments: [{deployment}], variants: [{{key: "on"}}], allOtherUsers: {{percent: 50}}}}
---"""
DEPLOYMENT = """
apiVersion: flagoperator.dev/v1alpha1
kind: FlagDeployment
metadata: {{name: {name}}}
spec: {{type: Server, keyHashes: ["{hash}"]}}
---"""
GROUP = """
apiVersion: flagoperator.dev/v1alpha1
kind: FlagGroup
metadata: {name: new-checkouts}
spec: {type: Holdout, holdout: {percent: 10}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("flags")
    flags = FLAG.format(name="new-checkout", deployment="web") + FLAG.format(name="new-checkup", deployment="back")
    keys = DEPLOYMENT.format(name="web", hash=key_hash(WEB)) + DEPLOYMENT.format(name="back", hash=key_hash(BACK))
    (folder / "flags.yaml").write_text(flags + keys + GROUP)
    with running(folder, "--transport", "envoy") as process:
        yield process


def _plain(answer):
    return answer.replace('\\"', '"')


@pytest.mark.parametrize("door", ONE)
def test_every_door_names_the_nearest_flag(server, door):
    assert 'unknown flag; did you mean "new-checkout"?' in _plain(ONE[door](Asked(server.listen, flag="newCheckuot")))


@pytest.mark.parametrize("door", ONE)
@pytest.mark.parametrize(("key", "own", "other"), [(WEB, "out", "up"), (BACK, "up", "out")])
def test_a_key_is_told_of_its_own_flags_only(server, door, key, own, other):
    answer = _plain(ONE[door](Asked(server.listen, key, flag="new-check")))
    assert f'did you mean "new-check{own}"?' in answer
    assert f"new-check{other}" not in answer
    hidden = _plain(ONE[door](Asked(server.listen, key, flag=f"new-check{other}")))
    assert f'unknown flag; did you mean "new-check{own}"?' in hidden


@pytest.mark.parametrize("door", ONE)
def test_groups_are_never_named(server, door):
    assert "new-checkouts" not in ONE[door](Asked(server.listen, flag="new-checkoutz"))


@pytest.mark.parametrize("door", ONE)
def test_a_key_like_no_flag_is_unknown_and_no_more(server, door):
    answer = ONE[door](Asked(server.listen, flag="zebra"))
    assert "unknown flag" in answer
    assert "did you mean" not in answer
