"""A flag that says what its values are is answered so at every door, and a Float with its point on every JSON wire."""

import http.client
import json
import struct

import grpc
import pytest

from flagd.openfeature.v1 import evaluation_pb2 as pb
from flagd.transport.envoy import missing
from tests.wire.conftest import running

SECONDS = 60
FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {key}}}
spec: {{active: true, {spec}, allOtherUsers: {{percent: 100}}}}
"""
FLAGS = {
    "zero": "valueType: Float, variants: [{key: a, payload: 0}]",
    "seven": "valueType: Float, variants: [{key: a, payload: 7.0}]",
    "half": "valueType: Float, variants: [{key: a, payload: 0.5}]",
    "count": "valueType: Integer, variants: [{key: a, payload: 3.0}]",
    "untyped": "variants: [{key: a, payload: 1}]",
    "word": 'valueType: String, variants: [{key: "on"}]',
    "switch": 'valueType: Boolean, variants: [{key: "on"}]',
    "page": "valueType: JSON, variants: [{key: a, payload: {columns: 1}}]",
}
NUMBERS = {"zero": "0.0", "seven": "7.0", "half": "0.5", "count": "3", "untyped": "1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("flags")
    (folder / "flags.yaml").write_text("---".join(FLAG.format(key=key, spec=spec) for key, spec in FLAGS.items()))
    with running(folder, "--transport", "envoy") as process:
        yield process


def _post(server, path, body, kind="application/json"):
    connection = http.client.HTTPConnection(server.listen, timeout=SECONDS)
    try:
        content = body if isinstance(body, bytes) else json.dumps(body)
        connection.request("POST", path, content, {"content-type": kind})
        return connection.getresponse().read()
    finally:
        connection.close()


def _numbers(text):
    """JSON in which every number is the text that stands there."""
    return json.loads(text, parse_float=str, parse_int=str)


def _evaluate(server):
    answer = _post(server, "/flagd.v1.EvaluationService/Evaluate", {"user": {"userId": "ann"}})
    return {key: one.get("payload") for key, one in _numbers(answer)["variants"].items()}


def _watch(server):
    data = json.dumps({"user": {"userId": "ann"}}).encode()
    connection = http.client.HTTPConnection(server.listen, timeout=SECONDS)
    try:
        path, kind = "/flagd.v1.EvaluationService/Watch", {"content-type": "application/connect+json"}
        connection.request("POST", path, struct.pack(">BI", 0, len(data)) + data, kind)
        stream = connection.getresponse()
        head = stream.read(5)
        answer = _numbers(stream.read(int.from_bytes(head[1:], "big")))
    finally:
        connection.close()
    return {key: one.get("payload") for key, one in answer["variants"].items()}


def _batch(server):
    answer = _post(server, "/flagd.v1.EvaluationService/EvaluateBatch", {"users": [{"userId": "ann"}]})
    return {key: one.get("payload") for key, one in _numbers(answer)["results"][0]["variants"].items()}


def _explain(server):
    path, user = "/flagd.v1.EvaluationService/Explain", {"userId": "ann"}
    answers = {key: _numbers(_post(server, path, {"user": user, "flagKey": key})) for key in FLAGS}
    return {key: one["variant"].get("payload") for key, one in answers.items()}


def _ofrep(server):
    path, body = "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "ann"}}
    return {key: _numbers(_post(server, f"{path}/{key}", body))["value"] for key in FLAGS}


def _ofrep_bulk(server):
    answer = _post(server, "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "ann"}})
    return {one["key"]: one["value"] for one in _numbers(answer)["flags"]}


def _resolve_all(server):
    answer = _numbers(_post(server, "/flagd.evaluation.v1.Service/ResolveAll", {"context": {"targetingKey": "ann"}}))
    return {key: one.get("doubleValue") for key, one in answer["flags"].items()}


def _resolve_float(server):
    path = "/flagd.evaluation.v2.Service/ResolveFloat"
    return {key: _numbers(_post(server, path, {"flagKey": key})).get("value") for key in FLAGS}


def _vardata(server):
    answer = _numbers(_post(server, "/sdk/v2/vardata", {"user_id": "ann"}))
    return {key: one.get("payload") for key, one in answer.items()}


DOORS = {
    "Connect": _evaluate,
    "a stream of Connect": _watch,
    "batch": _batch,
    "Explain": _explain,
    "OFREP": _ofrep,
    "OFREP of all": _ofrep_bulk,
    "ResolveAll": _resolve_all,
    "ResolveFloat": _resolve_float,
    "Amplitude's REST": _vardata,
}


@pytest.mark.parametrize("door", DOORS)
def test_a_float_has_its_point_and_an_integer_none_at_every_door_of_json(server, door):
    found = DOORS[door](server)
    assert {key: found[key] for key in NUMBERS} == NUMBERS


def test_whole_numbers_inside_an_object_and_of_the_flag_have_no_point(server):
    answer = _numbers(_post(server, "/flagd.v1.EvaluationService/Evaluate", {"user": {"userId": "ann"}}))
    assert answer["variants"]["page"]["payload"] == {"columns": "1"}
    assert answer["variants"]["zero"]["metadata"]["flagVersion"] == "1"


def test_the_type_travels_with_the_answers_of_the_flags_that_say_it(server):
    answer = _numbers(_post(server, "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "ann"}}))
    types = {one["key"]: one["metadata"].get("valueType") for one in answer["flags"]}
    assert types == {
        "zero": "Float",
        "seven": "Float",
        "half": "Float",
        "count": "Integer",
        "untyped": None,
        "word": "String",
        "switch": "Boolean",
        "page": "JSON",
    }


TYPES = {"Boolean": bool, "String": str, "Int": int, "Float": float, "Object": dict}
TAKEN = {
    "word": {"String"},
    "switch": {"Boolean"},
    "zero": {"Int", "Float"},
    "half": {"Float"},
    "count": {"Int", "Float"},
    "page": {"Object"},
}


@pytest.mark.parametrize("flag", TAKEN)
def test_a_typed_flag_is_given_to_who_asks_for_its_type(server, flag):
    taken = set()
    with grpc.insecure_channel(server.listen) as channel:
        for kind in TYPES:
            path = f"/flagd.evaluation.v2.Service/Resolve{kind}"
            request, response = getattr(pb, f"Resolve{kind}Request"), getattr(pb, f"Resolve{kind}Response")
            call = channel.unary_unary(path, request.SerializeToString, response.FromString)
            try:
                call(request(flag_key=flag), timeout=SECONDS)
                taken.add(kind)
            except grpc.RpcError as error:
                assert error.code() is grpc.StatusCode.INVALID_ARGUMENT  # noqa: PT017
    assert taken == TAKEN[flag]


def test_a_word_stays_a_word_where_no_type_is_asked_for(server):
    answer = _numbers(_post(server, "/ofrep/v1/evaluate/flags/word", {}))
    assert answer["value"] == "on"
    flags = _numbers(_post(server, "/flagd.evaluation.v1.Service/ResolveAll", {}))["flags"]
    assert flags["word"]["stringValue"] == "on"
    assert flags["switch"]["boolValue"] is True
