"""Connect, gRPC-Web and plain HTTP over Envoy: curl and raw requests, HTTP/1.1 and HTTP/2."""

import base64
import http.client
import json
import shutil
import subprocess

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.transport.asgi.frame import END_STREAM, frame
from tests.wire.conftest import toy_running

SECONDS = 60
HTTP = ["--http1.1", "--http2-prior-knowledge"]
ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def curl(toy):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")

    def run(path, *options):
        command = ["curl", "-sS", "-m", str(SECONDS), "-w", "\n%{http_code}", *options, f"http://{toy.listen}{path}"]
        body, _, status = subprocess.run(command, capture_output=True, check=True).stdout.rpartition(b"\n")
        return int(status), body

    return run


@pytest.fixture(scope="module")
def web():
    """A toy that browsers of one origin may call."""
    with toy_running("--cors-origin", ORIGIN) as process:
        yield process


def request(process, method, path, body=b"", **headers):
    connection = http.client.HTTPConnection(process.listen, timeout=SECONDS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("version", HTTP)
def test_connect_answers_json_for_json(curl, version):
    assert curl("/toy.Toy/Echo", version, "-H", "content-type: application/json", "-d", '"hi"') == (200, b'"hi"')


@pytest.mark.parametrize("version", HTTP)
def test_connect_answers_a_get(curl, version):
    assert curl("/toy.Toy/Echo?connect=v1&encoding=json&message=%22hi%22", version) == (200, b'"hi"')


@pytest.mark.parametrize("version", HTTP)
def test_connect_sends_a_stream(curl, version, tmp_path):
    (tmp_path / "request").write_bytes(frame(b'"3"'))
    status, body = curl(
        *("/toy.Toy/Count", version, "-H", "content-type: application/connect+json"),
        *("--data-binary", f"@{tmp_path / 'request'}"),
    )
    assert (status, body) == (200, frame(b'"0"') + frame(b'"1"') + frame(b'"2"') + frame(b"{}", END_STREAM))


@pytest.mark.parametrize("version", HTTP)
@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("/toy.Toy/Missing", ["-d", '""', "-H", "content-type: application/json"], 404, "not_found"),
        ("/toy.Toy/Bug", ["-d", '""', "-H", "content-type: application/json"], 500, "internal"),
        ("/toy.Toy/Echo", ["-d", "{", "-H", "content-type: application/json"], 400, "invalid_argument"),
        ("/toy.Toy/Nope", ["-d", '""', "-H", "content-type: application/json"], 404, "unimplemented"),
        ("/toy.Toy/Echo", ["-d", "hi"], 415, "unimplemented"),
        ("/toy.Toy/Wait", ["-X", "PUT", "-d", "hi"], 405, "unimplemented"),
        ("/anything", [], 404, "unimplemented"),
    ],
)
def test_every_failure_is_json_with_a_code(curl, version, path, options, status, code):
    found, body = curl(path, version, *options)
    assert (found, json.loads(body)["code"]) == (status, code)


def test_a_connect_call_ends_at_its_deadline(curl):
    status, body = curl(
        *("/toy.Toy/Wait", "-d", '"60"', "-H", "content-type: application/json", "-H", "connect-timeout-ms: 50")
    )
    assert (status, json.loads(body)["code"]) == (504, "deadline_exceeded")


@pytest.mark.parametrize("version", HTTP)
def test_routes_answer_plain_http(curl, version):
    assert curl("/rest/echo?a=1", version, "-d", "hello") == (200, b"hello")
    assert curl("/rest/items/a%2Fb", version) == (200, b"a/b")
    assert curl("/rest/events", version) == (200, b"data: 0\n\ndata: 1\n\ndata: 2\n\n")
    assert curl("/rest/echo", version, "-d", "x" * 1001)[0] == 413


@pytest.mark.parametrize("suffix", ["", "+proto"])
def test_grpc_web_is_answered_with_its_trailers_in_the_body(toy, suffix):
    body = frame(StringValue(value="hi").SerializeToString())
    content_type = f"application/grpc-web{suffix}"
    status, headers, answer = request(toy, "POST", "/toy.Toy/Echo", body, content_type=content_type, x_grpc_web="1")
    assert (status, headers["content-type"]) == (200, "application/grpc-web+proto")
    assert answer.startswith(body)
    trailers = answer.removeprefix(body)
    assert (trailers[0], trailers[5:]) == (0x80, b"grpc-status:0\r\n")


def test_grpc_web_as_text_is_base64(toy):
    body = base64.b64encode(frame(StringValue(value="hi").SerializeToString()))
    status, _, answer = request(
        toy, "POST", "/toy.Toy/Echo", body, content_type="application/grpc-web-text", accept="application/grpc-web-text"
    )
    assert status == 200
    assert answer.startswith(body[:8])


def test_grpc_web_tells_of_a_failure(toy):
    body = frame(StringValue().SerializeToString())
    status, headers, _ = request(toy, "POST", "/toy.Toy/Missing", body, content_type="application/grpc-web")
    assert (status, headers["grpc-status"]) == (200, "5")


def test_a_browser_of_a_known_origin_may_call(web):
    status, headers, _ = request(
        web,
        "OPTIONS",
        "/toy.Toy/Echo",
        origin=ORIGIN,
        access_control_request_method="POST",
        access_control_request_headers="content-type,connect-protocol-version",
    )
    assert (status, headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert "POST" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"]
    status, headers, answer = request(
        web, "POST", "/toy.Toy/Echo", b'"hi"', origin=ORIGIN, content_type="application/json"
    )
    assert (status, headers["access-control-allow-origin"], answer) == (200, ORIGIN, b'"hi"')
    assert "grpc-status" in headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["https://other.example", "https://shop.example.other.example", "null"])
def test_a_browser_of_another_origin_is_not_told_that_it_may(web, origin):
    _, headers, _ = request(web, "POST", "/toy.Toy/Echo", b'"hi"', origin=origin, content_type="application/json")
    assert "access-control-allow-origin" not in headers


def test_no_browser_may_call_where_no_origin_is_named(toy):
    _, headers, _ = request(toy, "POST", "/toy.Toy/Echo", b'"hi"', origin=ORIGIN, content_type="application/json")
    assert "access-control-allow-origin" not in headers


def test_an_answer_does_not_name_the_server(toy):
    _, headers, _ = request(toy, "POST", "/toy.Toy/Echo", b'"hi"', content_type="application/json")
    assert set(headers) == {"content-type", "content-length", "date"}
