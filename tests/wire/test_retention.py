"""What is retained for a last good form decides behind every door and is shown at none, also after a restart."""

import http.client
import json

import pytest

from flagd.transport.envoy import missing
from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateRequest, User
from tests.wire.conftest import running
from tests.wire.process import SECONDS, eventually
from tests.wire.shop import BACKEND_KEY, key_hash

USERS = [f"user-{number}" for number in range(20)]
VERSION = "apiVersion: flagoperator.dev/v1alpha1\n"
FILES = {
    "group": "kind: FlagGroup\nmetadata: {name: held}\nspec: {type: Holdout, holdout: {percent: 50}}\n",
    "parent": "kind: Flag\nmetadata: {name: parent}\nspec: {active: true, deployments: [backend], "
    'variants: [{key: "on"}], allOtherUsers: {percent: 50}, memberOf: [{group: held}]}\n',
    "cohort": f"kind: FlagCohort\nmetadata: {{name: vip}}\nspec: {{members: {USERS[:5]}}}\n",
    "child": "kind: Flag\nmetadata: {name: child}\nspec: {active: true, deployments: [backend], "
    'variants: [{key: "on"}], allOtherUsers: {percent: 100}, offTesters: {cohorts: [vip]}, '
    'prerequisites: {flags: [{key: parent, variants: ["on"]}]}}\n',
    "key": "kind: FlagDeployment\nmetadata: {name: backend}\n"
    f'spec: {{type: Server, keyHashes: ["{key_hash(BACKEND_KEY)}"]}}\n',
}
GONE = {"cohort": "FlagCohort default/vip", "parent": "Flag default/parent", "group": "FlagGroup default/held"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flags")
    for name, text in FILES.items():
        (folder / f"{name}.yaml").write_text(VERSION + text)
    return folder


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def transport():
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    return "envoy"


def _evaluate(call, process, *keys):
    stub = call(process)
    found = [stub.Evaluate(EvaluateRequest(user=User(user_id=user), flag_keys=keys)).variants for user in USERS]
    return [{key: variant.key or ErrorCode.Name(variant.error_code) for key, variant in one.items()} for one in found]


def _http(process, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(process.listen, timeout=SECONDS)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _ofrep_bulk(process):
    _, found = _http(process, "POST", "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "user-7"}})
    return {one["key"] for one in found["flags"]}


def _resolve_all(process):
    status, found = _http(
        process, "POST", "/flagd.evaluation.v1.Service/ResolveAll", {"context": {"targetingKey": "x"}}
    )
    assert status == 200, found
    return set(found.get("flags", {}))


def _check_doors(process, call):
    """Nothing that is gone is shown to anybody who does not ask why."""
    for variants in _evaluate(call, process):
        assert set(variants) == {"child"}
    for variants in _evaluate(call, process, "parent", "held"):
        assert set(variants.values()) == {"ERROR_CODE_FLAG_NOT_FOUND"}
    assert _ofrep_bulk(process) == {"child"}
    for key in ("parent", "held"):
        assert _http(process, "POST", f"/ofrep/v1/evaluate/flags/{key}", {})[0] == 404
    assert _resolve_all(process) <= {"child"}
    for key in ({}, {"authorization": f"Api-Key {BACKEND_KEY}"}):
        assert set(_http(process, "POST", "/sdk/v2/vardata", {"user_id": "user-7"}, **key)[1]) == {"child"}
    _, flags = _http(process, "GET", "/sdk/v2/flags", authorization=f"Api-Key {BACKEND_KEY}")
    assert {one["key"] for one in flags if one["metadata"]["deployed"]} == {"child"}


def test_what_was_deleted_decides_behind_every_door_and_is_shown_at_none(folder, state, transport, call):
    with running(folder, "--transport", transport, "--state-dir", state) as process:
        before = _evaluate(call, process, "child")
        assert {"on", "off"} == {one["child"] for one in before}
        for name, resource in GONE.items():
            (folder / f"{name}.yaml").unlink()
            process.said(f"{resource}: warning: it was deleted, and is kept, hidden")
            assert _evaluate(call, process, "child") == before
        _check_doors(process, call)
    with running(folder, "--transport", transport, "--state-dir", state) as process:
        process.said("FlagGroup default/held: warning: it was deleted")
        assert _evaluate(call, process, "child") == before
        _check_doors(process, call)
        for name in GONE:
            (folder / f"{name}.yaml").write_text(VERSION + FILES[name])
        eventually(lambda: {"parent", "child"} == set(_evaluate(call, process)[0]))
        assert _evaluate(call, process, "child") == before
