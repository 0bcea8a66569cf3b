"""An answer to a user who lacks what the flag is bucketed by says so, at every door that has room for it."""

import pytest

from flagd.engine.variant import MISSING
from flagd.transport.envoy import missing
from tests.wire.conftest import running
from tests.wire.doors import ALL, AMPLITUDE, ONE, Asked

FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {name}}}
spec: {{active: true, bucketing: {{key: {key}}}, variants: [{{key: "on"}}], allOtherUsers: {{percent: 50}}}}
"""
NO_ROOM = {"OpenFeature v1", "OpenFeature v2, wrong type", "legacy vardata"}
"""The first is an error that means the caller's own default; the second another error; the third has no metadata."""
DOORS = {name: door for name, door in {**ONE, **AMPLITUDE}.items() if name not in NO_ROOM}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("flags")
    keys = {"by-account": "user.properties.account", "by-user": "user.user_id"}
    (folder / "flags.yaml").write_text("---".join(FLAG.format(name=name, key=key) for name, key in keys.items()))
    with running(folder, "--transport", "envoy") as process:
        yield process


@pytest.mark.parametrize("name", DOORS)
def test_the_answer_names_the_attribute_that_the_user_lacks(server, name):
    answer = DOORS[name](Asked(server.listen, flag="by-account"))
    assert MISSING in answer
    assert "user.properties.account" in answer


@pytest.mark.parametrize("name", DOORS)
def test_the_answer_to_a_user_who_has_it_says_nothing(server, name):
    if name != "vardata of all":
        assert MISSING not in DOORS[name](Asked(server.listen, flag="by-user"))


@pytest.mark.parametrize("name", sorted({*ALL} - {"ResolveAll"}))
def test_the_answers_of_all_flags_say_so_once(server, name):
    assert ALL[name](Asked(server.listen)).count(MISSING) == 1
