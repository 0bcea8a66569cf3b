"""Spans and the access log: made by a real Envoy, taken by a collector as OpenTelemetry's protocol has it."""

import json
import urllib.error
import urllib.request

import grpc
import pytest

from flagd.transport.envoy import missing
from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from tests.wire import h2
from tests.wire.collector import Collector
from tests.wire.process import Flagd, eventually
from tests.wire.shop import SHOP

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PERSON, KEY = "person-4711", "flagkey_secret"
METHOD = "/flagd.v1.EvaluationService/Evaluate"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "shop.yaml").write_text(SHOP)
    return tmp_path / "shop"


@pytest.fixture
def launch(folder):
    """Start a flagd on Envoy with options; it is stopped after the test."""
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    running = []

    def start(*options):
        running.append(Flagd(folder, "--transport", "envoy", *options))
        running[-1].ready()
        return running[-1]

    yield start
    for process in running:
        process.stop()


def ask(stub, sampled=None):
    """Ask as a caller that is traced does: `sampled` says whether its own span is kept; None = it is not traced."""
    context = [] if sampled is None else [("traceparent", f"00-{TRACE}-{PARENT}-{'01' if sampled else '00'}")]
    stub.Evaluate(EvaluateRequest(project="shop", user=User(user_id=PERSON)), metadata=context)


def plain(process, path, **headers):
    """Ask over plain HTTP."""
    body = json.dumps({"context": {"targetingKey": PERSON}}).encode()
    headers = {"content-type": "application/json", "user-agent": PERSON, **headers}
    request = urllib.request.Request(f"http://{process.listen}{path}", body, headers)
    try:
        urllib.request.urlopen(request, timeout=60).read()
    except urllib.error.HTTPError as error:
        error.close()


def strange(process, method):
    """Ask with a method that is none, as HTTP/2 allows."""
    with h2.Connection(process) as connection:
        headers = h2.headers("/v1/vardata", method)
        connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, headers))
        assert connection.until(h2.HEADERS)


def attributes(span):
    return {each.key: each.value.string_value for each in span.attributes}


def test_a_call_that_is_traced_has_a_span_below_its_callers(launch, call):
    with Collector() as collector:
        ask(call(launch("--trace-to", collector.address, "--trace-percent", "0")), sampled=True)
        (span,) = eventually(lambda: collector.spans)
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
        assert (span.name, attributes(span)["http.method"]) == (f"POST {METHOD}", "POST")
        assert collector.services == {"flagd"}


def test_a_call_whose_caller_is_not_sampled_has_none_whatever_the_share(launch, call):
    with Collector() as collector:
        stub = call(launch("--trace-to", collector.address, "--trace-percent", "100"))
        ask(stub, sampled=False)
        ask(stub)
        (span,) = eventually(lambda: collector.spans)
        assert span.trace_id.hex() != TRACE


def test_calls_are_answered_while_no_collector_is_there(launch, call):
    stub = call(launch("--trace-to", "127.0.0.1:9", "--trace-percent", "100"))
    for _ in range(50):
        ask(stub)


def test_neither_the_access_log_nor_a_trace_names_a_user_or_a_key(launch, call, tmp_path):
    log = tmp_path / "access.jsonl"
    with Collector() as collector:
        process = launch("--trace-to", collector.address, "--trace-percent", "100", "--access-log", log)
        ask(call(process))
        plain(
            process,
            f"/ofrep/v1/evaluate/flags?user={PERSON}",
            authorization=f"Api-Key {KEY}",
            **{"x-request-id": PERSON},
        )
        plain(process, f"/nothing/here?user={PERSON}", traceparent=f"00-{TRACE}-{PARENT}-01", tracestate=f"a={PERSON}")
        for path in (f"/users/{PERSON}", f"/ofrep/v1/evaluate/flags/{PERSON}", f"/sdk/v1/cohort/%70/{PERSON}"):
            plain(process, path)
        strange(process, PERSON)
        with pytest.raises(grpc.RpcError):
            call(process).Evaluate(EvaluateRequest(project=PERSON, user=User(user_id=PERSON)))
        eventually(lambda: len(collector.spans) == 8)
        text = eventually(lambda: log.read_text().count("\n") == 8 and log.read_text())
        told = collector.text() + text
    lines = [json.loads(line) for line in text.splitlines()]
    assert PERSON not in told
    assert KEY not in told
    assert "127.0.0.1" not in told
    assert [(each["path"], each["status"]) for each in lines] == [
        (METHOD, 200),
        ("/ofrep/v1/evaluate/flags", 401),
        ("other", 404),
        ("other", 404),
        ("/ofrep/v1/evaluate/flags/*", 404),
        ("/sdk/v1/cohort/*", 405),
        ("other", 405),
        (METHOD, 200),
    ]
    assert lines[6]["method"] == "other"
    assert {each["trace_id"] for each in lines} == {span.trace_id.hex() for span in collector.spans}
    assert {span.name for span in collector.spans if span.trace_id.hex() == lines[6]["trace_id"]} == {"other"}


def test_the_access_log_may_be_standard_output(folder, capfd, call):
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    process = Flagd(folder, "--transport", "envoy", "--access-log", "-")
    try:
        process.ready()
        ask(call(process))
        said = ""

        def line():
            nonlocal said
            said += capfd.readouterr().out
            return said.endswith("\n") and said

        assert json.loads(eventually(line))["path"] == METHOD
    finally:
        process.stop()


def test_without_envoy_the_log_says_that_there_are_none(folder):
    process = Flagd(folder, "--transport", "grpcio", "--access-log", "-")
    try:
        process.said("neither traces nor an access log")
    finally:
        process.stop()
