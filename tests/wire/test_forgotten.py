"""Of a person nothing stays: who is taken out of a manifest, and who was only asked about."""

import json

import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, ExplainRequest, User
from tests.wire.process import eventually

PERSON = "person-4711"
SECRET = "salary-of-4711"
FLAGS = """\
apiVersion: flagoperator.dev/v1alpha1
kind: FlagCohort
metadata: {name: beta, namespace: shop}
spec: {members: [MEMBERS]}
---
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: banner, namespace: shop}
spec:
  active: true
  variants: [{key: "on", testers: {userIds: [MEMBERS]}}]
  segments:
    - name: by id
      match: [{attribute: user.user_id, op: is, values: [MEMBERS]}]
      rollout: {percent: 100}
    - name: by cohort
      match: [{op: in cohort, values: [beta]}]
      rollout: {percent: 100}
"""


@pytest.fixture(scope="session")
def transport():
    """One is enough: what is kept is the same under all."""
    return "grpcio"


@pytest.fixture
def flags(tmp_path):
    (tmp_path / "flags").mkdir()
    write(tmp_path / "flags", f"ann, {PERSON}")
    return tmp_path / "flags"


@pytest.fixture
def state(tmp_path):
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def write(folder, members):
    (folder / "flags.yaml").write_text(FLAGS.replace("MEMBERS", members))


def kept(state):
    return b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file()).decode()


def told(process):
    """Everything that somebody could read who may not ask for the person: log, health, metrics."""
    return json.dumps(process.log) + process.get("/readyz")[1] + process.get("/metrics")[1]


def ask(stub):
    user = User(user_id=PERSON)
    user.user_properties.update({"note": SECRET})
    return stub.Evaluate(EvaluateRequest(project="shop", user=user)).variants["banner"]


def test_who_is_taken_out_of_a_manifest_is_nowhere_afterwards(flags, state, start, call):
    process = start(flags, "--state-dir", state, "--ruleset-listen", "127.0.0.1:0", "--log-level", "debug")
    stub = call(process)
    assert ask(stub).key == "on"
    eventually(lambda: PERSON in kept(state))
    write(flags, "ann")
    eventually(lambda: ask(stub).key == "off")
    eventually(lambda: PERSON not in kept(state))
    assert "ann" in kept(state)
    assert PERSON not in told(process)
    write(flags, "'ann', {}")  # broken: what was served stays, and the log says so
    process.said("cannot be used")
    assert PERSON not in told(process) + kept(state)


def test_nothing_of_a_request_stays(flags, state, start, call):
    write(flags, "ann")
    process = start(flags, "--state-dir", state, "--log-level", "debug")
    stub = call(process)
    assert ask(stub).key == "off"
    user = User(user_id=PERSON)
    user.user_properties.update({"note": SECRET})
    stub.Explain(ExplainRequest(project="shop", user=user, flag_key="banner"))
    eventually(lambda: "ann" in kept(state))
    everything = told(process) + kept(state)
    assert PERSON not in everything
    assert SECRET not in everything
