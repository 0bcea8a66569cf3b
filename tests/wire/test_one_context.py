"""One context has one answer: whatever a property holds, every door hashes and compares the same text of it."""

import http.client
import json

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from flagd.client import User
from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.manifest import read_text
from flagd.openfeature.v1 import evaluation_pb2 as openfeature
from flagd.transport.envoy import missing
from flagd.v1 import evaluation_pb2 as ours
from tests.wire.conftest import running
from tests.wire.doors import SECONDS

VARIANTS = 100
MANIFEST = f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: a}}
spec:
  active: true
  bucketing: {{key: user.properties.it}}
  variants: [{", ".join(f"{{key: v{number}}}" for number in range(VARIANTS))}]
  allOtherUsers: {{percent: 100}}
"""
TEXTS = [
    '{"b": 1, "a": {"d": [], "c": null}}',
    '[{"zeta": 1, "plan": 2, "country": 3, "a": 4}]',
    '{"10": 1, "9": 2, "": 3}',
    "175928847299117063",
    '[9007199254740993, {"n": -9007199254740993}]',
    "18446744073709551616",
    "1e21",
    "1.0",
    "-0.0",
    "true",
    '"\\u0000 \\ud83d\\ude00"',
]
"""Properties as JSON."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("one")
    (folder / "a.yaml").write_text(MANIFEST)
    with running(folder, "--transport", "envoy") as process:
        yield process


def _call(server, path, request, response):
    with grpc.insecure_channel(server.listen) as channel:
        method = channel.unary_unary(path, type(request).SerializeToString, response.FromString)
        return method(request, timeout=SECONDS)


def _grpc(server, text):
    user = {"user_id": "ann", "user_properties": {"it": json.loads(text)}}
    request = ParseDict({"user": user, "flag_keys": ["a"]}, ours.EvaluateRequest())
    return _call(server, "/flagd.v1.EvaluationService/Evaluate", request, ours.EvaluateResponse).variants["a"].key


def _openfeature(server, text):
    context = {"targetingKey": "ann", "it": json.loads(text)}
    request = ParseDict({"flag_key": "a", "context": context}, openfeature.ResolveStringRequest())
    path = "/flagd.evaluation.v1.Service/ResolveString"
    return _call(server, path, request, openfeature.ResolveStringResponse).variant


def _posted(server, path, body):
    connection = http.client.HTTPConnection(server.listen, timeout=SECONDS)
    try:
        connection.request("POST", path, body, {"content-type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _connect(server, text):
    body = f'{{"user": {{"userId": "ann", "userProperties": {{"it": {text}}}}}, "flagKeys": ["a"]}}'
    return _posted(server, "/flagd.v1.EvaluationService/Evaluate", body)["variants"]["a"]["key"]


def _ofrep(server, text):
    body = f'{{"context": {{"targetingKey": "ann", "it": {text}}}}}'
    return _posted(server, "/ofrep/v1/evaluate/flags/a", body)["variant"]


def _amplitude(server, text):
    return _posted(server, "/sdk/v2/vardata", f'{{"user_id": "ann", "user_properties": {{"it": {text}}}}}')["a"]["key"]


def _in_process(_server, text):
    (flag,) = compile_project(read_text(MANIFEST).resources).flags
    return Engine([flag]).variant(User("ann", properties={"it": json.loads(text)}).context, "a").key


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_a_property_holds_every_door_reads_the_same_text_of_it(server, text):
    doors = (_grpc, _openfeature, _connect, _ofrep, _amplitude, _in_process)
    answers = {door.__name__: door(server, text) for door in doors}
    assert len(set(answers.values())) == 1, answers
    assert next(iter(answers.values())).startswith("v")
