"""OFREP with OpenFeature's own providers for it, unmodified: every type, zeros, errors, defaults, keys, news."""

import http.client
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from flagd.transport.envoy import missing
from tests.ports import free_address
from tests.wire.clients import environment
from tests.wire.clients.provider import Provider
from tests.wire.conftest import running
from tests.wire.process import eventually
from tests.wire.shop import SHOP, WEB_KEY

FOLDER = Path(environment.__file__).parent
CASES = json.loads((FOLDER / "cases.json").read_text())
ANSWERS = "/ofrep/v1/evaluate/flags"
SECONDS = 60
ZERO = """
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: fee}
spec:
  active: true
  variants: [{key: none, payload: 0}, {key: some, payload: 0.5}]
  allOtherUsers: {percent: 100, weights: {none: 1}}
"""


@dataclass(frozen=True)
class Client:
    """What is particular to one provider.

    `floats`: whether it tells whole floats from integers, which JSON does not; then it takes none.
    `default`: its error where the value is the caller's own default; None = it knows of that.
    """

    command: object
    floats: bool = False
    default: str | None = None


def _node(script):
    return environment.node(), environment.NODE_FOLDER / script


CLIENTS = {
    "python": Client(lambda: (environment.python(), environment.PYTHON_FOLDER / "ofrep_repl.py"), floats=True),
    "node": Client(lambda: _node("ofrep_repl.mjs"), default="GENERAL"),
    "web": Client(lambda: _node("ofrep_web_repl.mjs")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flags")
    (folder / "flags.yaml").write_text(f"{(FOLDER / 'flags.yaml').read_text()}---{ZERO}")
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with _running(folder) as process:
        yield process


@pytest.fixture(scope="module")
def shop_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    with _running(folder, "--deployment-keys", "required") as process:
        yield process


@pytest.fixture(params=CLIENTS)
def client(request):
    return CLIENTS[request.param]


@pytest.fixture
def connect(client):
    """Start the provider: ``connect(process)``; it is closed after the test."""
    command = client.command()
    with ExitStack() as providers:

        def start(process):
            provider = Provider(command, process.listen)
            providers.callback(provider.stop)
            provider.heard("ready")
            return provider

        yield start


def test_every_case_is_answered_as_the_table_says(client, connect, server):
    provider = connect(server)
    cases = [case for case in CASES if client.floats or case["flag"] != "pi-not-integer"]
    found = {json.dumps(case): _found(provider.ask(case)) for case in cases}
    assert found == {json.dumps(case): _expected(case, client) for case in cases}


def test_a_zero_is_a_float_where_another_variant_has_a_fraction(connect, server):
    answer = connect(server).ask({"flag": "fee", "type": "float", "default": 0.25})
    assert _found(answer) == (0, "none", "STATIC")


def test_a_change_is_seen(connect, server, folder):
    file = folder / "news.yaml"
    question = {"flag": "news", "type": "string", "default": "none", "context": {}}
    provider = connect(server)
    try:
        for value in ("first", "second"):
            file.write_text(_flag("news", value))
            eventually(lambda value=value: provider.ask(question)["value"] == value)
    finally:
        file.unlink()


def test_a_page_that_stays_open_gets_over_a_restart(tmp_path):
    question = {"flag": "news", "type": "string", "default": "none", "context": {}}
    command = CLIENTS["web"].command()
    options = ("--listen", free_address())
    (tmp_path / "news.yaml").write_text(_flag("news", "first"))
    with ExitStack() as providers:
        with _running(tmp_path, *options) as process:
            provider = Provider(command, process.listen)
            providers.callback(provider.stop)
            provider.heard("ready")
            assert provider.ask(question)["value"] == "first"
        (tmp_path / "news.yaml").write_text(_flag("news", "second"))
        with _running(tmp_path, *options):
            # The provider tells of the change only if it was back within 30 s; it has the new answer in any case.
            eventually(lambda: provider.ask(question)["value"] == "second")


def test_a_browser_listens_with_what_it_was_told(shop_server):
    bulk = _post(shop_server, ANSWERS, authorization=f"Bearer {WEB_KEY}")
    endpoint = json.loads(bulk.body)["eventStreams"][0]["endpoint"]["requestUri"]
    connection = http.client.HTTPConnection(shop_server.listen, timeout=SECONDS)
    try:
        connection.request("GET", endpoint)
        stream = connection.getresponse()
        assert (stream.status, stream.getheader("content-type")) == (200, "text/event-stream")
        assert stream.readline().startswith(b"id: ")
        assert json.loads(stream.readline().removeprefix(b"data: ")) == {"type": "refetchEvaluation"}
    finally:
        connection.close()


def test_event_streams_end_when_the_server_drains(folder):
    with _running(folder) as process, ExitStack() as connections:
        streams = []
        for path in ("/ofrep/v1/events?project=default", "/sdk/stream/v1/flags"):
            connection = http.client.HTTPConnection(process.listen, timeout=SECONDS)
            connections.callback(connection.close)
            connection.request("GET", path)
            streams.append(connection.getresponse())
            assert streams[-1].readline()
        process.signal()
        for stream in streams:
            stream.read()  # to its end
        assert process.wait() == 0


@pytest.mark.parametrize("path", ["/ofrep/v1/events?project=shop", "/ofrep/v1/events?project=shop&key_hash=00"])
def test_who_was_told_nothing_hears_nothing(shop_server, path):
    connection = http.client.HTTPConnection(shop_server.listen, timeout=SECONDS)
    try:
        connection.request("GET", path)
        assert connection.getresponse().status == 401
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "code"),
    [
        (f"{ANSWERS}/nothing", b"{}", {}, 404, "FLAG_NOT_FOUND"),
        (f"{ANSWERS}/secret", b"{}", {}, 404, "FLAG_NOT_FOUND"),
        (f"{ANSWERS}/colour", b"{", {}, 400, "PARSE_ERROR"),
        (f"{ANSWERS}/colour", b'{"context": 1}', {}, 400, "INVALID_CONTEXT"),
        (ANSWERS, b'{"context": {"targetingKey": []}}', {}, 400, "INVALID_CONTEXT"),
        (ANSWERS, b"{}", {"flagd-selector": "source=a"}, 400, "GENERAL"),
        (ANSWERS, b"{}", {"flagd-selector": "flagSetId=billing"}, 403, "GENERAL"),
        (f"{ANSWERS}/colour", b"{}", {"x-api-key": "wrong"}, 401, "GENERAL"),
    ],
)
def test_every_failure_has_a_code(shop_server, path, body, headers, status, code):
    answer = _post(shop_server, path, body, **{"x-api-key": WEB_KEY, **headers})
    failure = json.loads(answer.body)
    assert (answer.status, failure["errorCode"]) == (status, code)
    assert failure["errorDetails"]
    assert failure.get("key", "") == path.removeprefix(ANSWERS).removeprefix("/")


def test_a_body_that_is_too_large_is_refused(server):
    assert _post(server, ANSWERS, b" " * (1 << 21)).status == 413


def test_what_the_caller_has_is_not_sent_again(server):
    ann, bob = (json.dumps({"context": {"targetingKey": name}}).encode() for name in ("ann", "bob"))
    etag = _post(server, ANSWERS, ann).etag
    again = _post(server, ANSWERS, ann, **{"if-none-match": f'"other", {etag}'})
    assert (again.status, again.etag, again.body) == (304, etag, b"")
    assert _post(server, ANSWERS, bob, **{"if-none-match": etag}).status == 200


@dataclass(frozen=True)
class Answer:
    status: int
    etag: str | None
    body: bytes


def _post(process, path, body=b"{}", **headers):
    connection = http.client.HTTPConnection(process.listen, timeout=SECONDS)
    try:
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("etag"), answer.read())
    finally:
        connection.close()


def _running(folder, *options):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    return running(folder, "--transport", "envoy", *options)


def _expected(case, client):
    if "error" in case:
        return case["default"], None, case["error"]
    value, variant, reason = case["expect"]
    if variant is None:
        return value, None, client.default or reason
    if client.floats and case["type"] == "float" and value == int(value):
        return case["default"], None, "TYPE_MISMATCH"
    return value, variant, reason


def _found(answer):
    return answer["value"], answer.get("variant") or None, answer.get("error") or answer["reason"]


def _flag(key, value):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {key}}}
spec: {{active: true, variants: [{{key: a, payload: {value}}}], allOtherUsers: {{percent: 100}}}}
"""
