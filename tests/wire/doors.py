"""Doors: every way to ask flagd something. Each gives back all that the caller reads, as one text."""

import http.client
import json
from base64 import b64encode
from dataclasses import dataclass
from itertools import islice

import grpc
from google.protobuf.json_format import ParseDict

from flagd.openfeature.v1 import evaluation_pb2 as openfeature
from flagd.v1 import evaluation_pb2 as ours
from flagd.v1.ruleset_pb2 import (
    FollowRequest,
    FollowResponse,
    Hello,
    ReportSamplesRequest,
    ReportSamplesResponse,
    Role,
    SubscribeRequest,
    SubscribeResponse,
    UserSample,
)

SECONDS = 20


@dataclass(frozen=True)
class Asked:
    """What is asked: where, with which deployment key, about whom and what. `project` None = it is not named."""

    listen: str
    key: str | None = None
    project: str | None = None
    flag: str = "checkout"
    user: str = "ann"
    rulesets: str | None = None

    @property
    def headers(self):
        selector = {} if self.project is None else {"flagd-selector": f"flagSetId={self.project}"}
        return selector | ({} if self.key is None else {"authorization": f"Api-Key {self.key}"})


def _grpc(path, request, response, asked, *, listen=None, messages=1, stream=False):
    kind = "unary_stream" if messages > 1 or stream else "unary_unary"
    with grpc.insecure_channel(listen or asked.listen) as channel:
        method = getattr(channel, kind)(path, type(request).SerializeToString, response.FromString)
        call = None
        try:
            call = method(request, timeout=SECONDS, metadata=list(asked.headers.items()))
            if kind == "unary_unary":
                return str(call)
            return "".join(map(str, islice(call, messages)))
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"
        finally:
            if kind == "unary_stream" and call is not None:
                call.cancel()


def _ours(method, request, response, *, named=True, **more):
    def ask(asked):
        fields = {"user": {"user_id": asked.user}, "project": asked.project or "", **more}
        if method == "EvaluateBatch":
            fields["users"] = [fields.pop("user")]
        if named:
            fields |= {"flag_key": asked.flag} if method == "Explain" else {"flag_keys": [asked.flag]}
        path, message = f"/flagd.v1.EvaluationService/{method}", ParseDict(fields, request())
        return _grpc(path, message, response, asked, stream=method == "Watch")

    return ask


def _resolve(version, kind):
    request, response = getattr(openfeature, f"Resolve{kind}Request"), getattr(openfeature, f"Resolve{kind}Response")

    def ask(asked):
        message = ParseDict({"flag_key": asked.flag, "context": {"targetingKey": asked.user}}, request())
        return _grpc(f"/flagd.evaluation.{version}.Service/Resolve{kind}", message, response, asked)

    return ask


def _resolve_all(asked):
    request = ParseDict({"context": {"targetingKey": asked.user}}, openfeature.ResolveAllRequest())
    return _grpc("/flagd.evaluation.v1.Service/ResolveAll", request, openfeature.ResolveAllResponse, asked)


def _event_stream(asked):
    path = "/flagd.evaluation.v1.Service/EventStream"
    return _grpc(path, openfeature.EventStreamRequest(), openfeature.EventStreamResponse, asked, messages=2)


def _http(method, path, asked, body=None, headers=None, lines=0):
    connection = http.client.HTTPConnection(asked.listen, timeout=SECONDS)
    try:
        content = None if body is None else json.dumps(body)
        kind = {"content-type": "application/json"}
        connection.request(method, path, content, {**kind, **asked.headers, **(headers or {})})
        answer = connection.getresponse()
        shown = {name: value for name, value in answer.getheaders() if name.lower() not in {"date", "server"}}
        streamed = lines and answer.status == 200
        text = b"".join(answer.readline() for _ in range(lines)) if streamed else answer.read()
        return f"{answer.status} {json.dumps(shown)}\n{text.decode()}"
    finally:
        connection.close()


def _connect(asked):
    body = {"project": asked.project or "", "user": {"userId": asked.user}, "flagKeys": [asked.flag]}
    return _http("POST", "/flagd.v1.EvaluationService/Evaluate", asked, body)


def _ofrep(path):
    def ask(asked):
        body = {"context": {"targetingKey": asked.user}}
        return _http("POST", f"/ofrep/v1/evaluate/flags{path.format(flag=asked.flag)}", asked, body)

    return ask


def _ofrep_events(asked):
    told = _ofrep("")(asked)
    if not told.startswith("200"):
        return told
    address = json.loads(told.partition("\n")[2])["eventStreams"][0]["endpoint"]["requestUri"]
    return told + _http("GET", address, asked, lines=2)


def _vardata(asked):
    return _http("POST", "/sdk/v2/vardata", asked, {"user_id": asked.user})


def _vardata_of(asked):
    return _http("POST", f"/sdk/v2/vardata?flag_key={asked.flag}", asked, {"user_id": asked.user})


def _legacy(asked):
    return _http("GET", f"/v1/vardata?user_id={asked.user}&flag_key={asked.flag}", asked)


def _flags(asked):
    return _http("GET", "/sdk/v2/flags", asked)


def _flag_stream(asked):
    return _http("GET", "/sdk/stream/v1/flags", asked, lines=1)


def _cohort(asked):
    name = b64encode(f"{asked.key}:unused".encode()).decode()
    return _http("GET", f"/sdk/v1/cohort/{asked.flag}", asked, headers={"authorization": f"Basic {name}"})


def _follow(asked):
    request = FollowRequest(projects=[asked.project] if asked.project else [])
    return _grpc("/flagd.v1.RulesetService/Follow", request, FollowResponse, asked, stream=True)


def _report_samples(asked):
    request = ReportSamplesRequest(project=asked.project or "", samples=[UserSample(flag=asked.flag)])
    return _grpc("/flagd.v1.RulesetService/ReportSamples", request, ReportSamplesResponse, asked)


def _manifest(asked):
    return _http("GET", "/openfeature/v0/manifest", asked)


def _subscribe(asked):
    request = SubscribeRequest(hello=Hello(role=Role.ROLE_CLIENT, name="client"))
    with grpc.insecure_channel(asked.rulesets) as channel:
        path = "/flagd.v1.RulesetService/Subscribe"
        method = channel.stream_stream(path, SubscribeRequest.SerializeToString, SubscribeResponse.FromString)
        call = method(iter([request]), timeout=SECONDS, metadata=list(asked.headers.items()))
        try:
            return str(next(call))
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"
        finally:
            call.cancel()


ONE = {
    "Evaluate": _ours("Evaluate", ours.EvaluateRequest, ours.EvaluateResponse),
    "EvaluateBatch": _ours("EvaluateBatch", ours.EvaluateBatchRequest, ours.EvaluateBatchResponse),
    "Watch": _ours("Watch", ours.WatchRequest, ours.WatchResponse),
    "Explain": _ours("Explain", ours.ExplainRequest, ours.ExplainResponse),
    "Connect": _connect,
    "OpenFeature v1": _resolve("v1", "String"),
    "OpenFeature v2": _resolve("v2", "String"),
    "OpenFeature v2, wrong type": _resolve("v2", "Int"),
    "OFREP": _ofrep("/{flag}"),
}
"""Ways to ask about one flag of a project."""

ALL = {
    "Evaluate": _ours("Evaluate", ours.EvaluateRequest, ours.EvaluateResponse, named=False),
    "EvaluateBatch": _ours("EvaluateBatch", ours.EvaluateBatchRequest, ours.EvaluateBatchResponse, named=False),
    "Watch": _ours("Watch", ours.WatchRequest, ours.WatchResponse, named=False),
    "ResolveAll": _resolve_all,
    "OFREP": _ofrep(""),
}
"""Ways to ask about all flags of a project."""

AMPLITUDE = {"vardata of all": _vardata, "vardata": _vardata_of, "legacy vardata": _legacy}
"""Ways to ask that cannot name a project."""

NEWS = {"EventStream": _event_stream, "OFREP events": _ofrep_events}
"""Ways to hear what changes."""

TYPES = {"manifest": _manifest}
"""Ways to hear of flags and their types."""

RULESETS = {
    "flags": _flags,
    "flag stream": _flag_stream,
    "cohort": _cohort,
    "Follow": _follow,
    "ReportSamples": _report_samples,
}
"""Ways to get what flags are made of, for Server keys; on the public port."""

STREAM = {"Subscribe": _subscribe}
"""The same on the ruleset port."""
