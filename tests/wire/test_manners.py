"""Protocol manners: odd methods, headers and bodies are answered as HTTP has it, without a byte too many."""

import gzip
import http.client
import json
import re
import socket
import subprocess
import zlib

import pytest

from flagd.transport.asgi.frame import END_STREAM, frame
from tests.wire.conftest import running
from tests.wire.shop import SHOP

SECONDS = 20
EVALUATE, WATCH = "/flagd.v1.EvaluationService/Evaluate", "/flagd.v1.EvaluationService/Watch"
FLAGS = "/ofrep/v1/evaluate/flags"
VARDATA = "/sdk/v2/vardata"
USER = b'{"user": {"userId": "ann"}, "flagKeys": ["colour"]}'
OURS = re.compile(r"Error\b|<class|<method|object at|NoneType|\bdict\b|\bcodec\b|upb|orjson|Traceback|protobuf")
NEXT = b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from flagd.transport.envoy import missing

    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("manners")
    (folder / "shop.yaml").write_text(SHOP)
    with running(folder, "--transport", "envoy") as process:
        yield process


def exchange(server, data):
    """Send bytes on one connection, then another request, and return all that comes until its answer is whole."""
    host, _, port = server.listen.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as connection:
        connection.sendall(data + NEXT)
        received = b""
        while b"no such method or path" not in received:
            part = connection.recv(65536)
            assert part, received
            received += part
    return received


def request(server, method, path, body=b"", **headers):
    connection = http.client.HTTPConnection(server.listen, timeout=SECONDS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        answer.text = answer.read()
        return answer
    finally:
        connection.close()


def curl(*arguments):
    command = ["curl", "-gsS", "-m", str(SECONDS), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


GETS = [f"{EVALUATE}?encoding=json&message={{}}", FLAGS, "/ofrep/v1/events", VARDATA, "/sdk/v2/flags", "/nothing"]


@pytest.mark.parametrize("path", GETS)
def test_head_is_answered_without_a_body(server, path):
    answer = exchange(server, f"HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    first, second = answer.split(b"\r\n\r\n", 1)
    assert first.startswith(b"HTTP/1.1 ")
    assert second.startswith(b"HTTP/1.1 404 "), "a byte too many"
    found = curl("--http2-prior-knowledge", "-I", f"http://{server.listen}{path}")
    assert (found.returncode, found.stdout[:6]) == (0, "HTTP/2"), found.stderr


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(EVALUATE, "GET, HEAD, POST, OPTIONS"), (WATCH, "POST, OPTIONS"), (FLAGS, "POST, OPTIONS")],
)
def test_options_says_what_a_path_takes(server, path, allowed):
    answer = exchange(server, f"OPTIONS {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    first, second = answer.split(b"\r\n\r\n", 1)
    assert first.startswith(b"HTTP/1.1 204 ")
    assert f"allow: {allowed}".encode() in first
    assert second.startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", [EVALUATE, WATCH, FLAGS, VARDATA, "/sdk/v1/cohort/x"])
def test_another_method_is_told_the_right_ones(server, method, path):
    answer = request(server, method, path, b"")
    assert (answer.status, bool(answer.getheader("allow"))) == (405, True)
    assert not OURS.search(answer.text.decode())


@pytest.mark.parametrize("data", [b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", b"FOO / HTTP/1.1\r\nhost: x\r\n\r\n"])
def test_what_http_does_not_know_is_no_fault_of_the_server(server, data):
    host, _, port = server.listen.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as connection:
        connection.sendall(data)
        assert re.match(rb"HTTP/1\.1 [24]\d\d ", connection.recv(4096))


def test_who_expects_to_be_told_to_continue_is(server):
    head = f"POST {EVALUATE} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    length = f"content-length: {len(USER)}\r\nexpect: 100-continue\r\n\r\n"
    host, _, port = server.listen.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as connection:
        connection.sendall((head + length).encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        connection.sendall(USER)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_trailers_after_a_body_are_passed_over(server):
    head = f"POST {EVALUATE} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n"
    chunk = b"%x\r\n%b\r\n0\r\nx-checksum: 1\r\n\r\n" % (len(USER), USER)
    answer = exchange(server, head.encode() + b"\r\n" + chunk)
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_proxy_that_speaks_http_1_0_is_answered(server):
    for host in ("", "host: x\r\n"):
        head = f"POST {FLAGS}/colour HTTP/1.0\r\n{host}content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
        address, _, port = server.listen.rpartition(":")
        with socket.create_connection((address, int(port)), SECONDS) as connection:
            connection.sendall(head.encode())
            assert re.match(rb"HTTP/1\.[01] 200 ", connection.recv(4096))


@pytest.mark.parametrize(
    "path",
    [
        f"/{FLAGS}/colour",
        f"{FLAGS}//colour/",
        f"{FLAGS}/colour/",
        f"/{EVALUATE}",
        f"{EVALUATE}/",
        f"/{FLAGS}/",
        f"/{VARDATA}/",
        "//v1/vardata//?user_id=ann",
    ],
)
def test_slashes_too_many_change_nothing(server, path):
    method, body = ("GET", b"") if "v1/vardata" in path else ("POST", b"{}")
    assert request(server, method, path, body, content_type="application/json").status == 200


@pytest.mark.parametrize("path", ["/ofrep", "/ofrep/v1", "/ofrep/v2/evaluate/flags", "/ofrep/v1/evaluate/flag/colour"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_errors_below_ofrep_are_in_its_form(server, method, path):
    answer = request(server, method, path)
    assert (answer.status, set(json.loads(answer.text))) == (404, {"errorCode", "errorDetails"})


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", FLAGS, b"", {}, 405),
        ("POST", FLAGS, bytes(2 * 1024 * 1024), {}, 413),
        ("POST", FLAGS, b"no gzip", {"content_encoding": "gzip"}, 400),
        ("POST", FLAGS, b"{}", {"content_encoding": "br"}, 415),
        ("POST", f"{FLAGS}/%ff", b"{}", {}, 400),
        ("POST", f"/{FLAGS}/%c0%80", b"{}", {}, 400),
    ],
)
def test_errors_before_ofreps_handlers_are_in_its_form(server, method, path, body, headers, status):
    answer = request(server, method, path, body, **headers)
    assert (answer.status, json.loads(answer.text)["errorCode"]) == (status, "GENERAL")


ENCODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "GZIP": gzip.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        (EVALUATE, USER, "application/json"),
        (FLAGS, b'{"context": {"targetingKey": "ann"}}', "application/json"),
        (f"{FLAGS}/colour", b'{"context": {"targetingKey": "ann"}}', "text/plain"),
        (VARDATA, b'{"user_id": "ann"}', "application/json"),
    ],
)
def test_compressed_requests_are_read_at_every_door(server, path, body, content_type, encoding):
    packed = ENCODINGS[encoding](body)
    answer = request(server, "POST", path, packed, content_type=content_type, content_encoding=encoding)
    plain = request(server, "POST", path, body, content_type=content_type)
    assert answer.status == plain.status == 200
    for volatile in ("asOf",):
        assert {**json.loads(answer.text), volatile: 0} == {**json.loads(plain.text), volatile: 0}


ZIPPED = gzip.compress(USER, mtime=0)
DAMAGED = [b"", b"no gzip", ZIPPED[:-4], ZIPPED + b"more", ZIPPED[:12]]


@pytest.mark.parametrize("body", DAMAGED)
def test_damaged_compression_is_the_callers_fault(server, body):
    for path in (EVALUATE, FLAGS, VARDATA):
        answer = request(server, "POST", path, body, content_type="application/json", content_encoding="gzip")
        assert answer.status == 400, answer.text
        assert not OURS.search(answer.text.decode())
    stream = request(
        server,
        "POST",
        WATCH,
        frame(body, 1),
        content_type="application/connect+json",
        connect_content_encoding="gzip",
    )
    assert (stream.status, stream.text[0]) == (200, END_STREAM)
    assert json.loads(stream.text[5:])["error"]["code"] == "invalid_argument"
    for content_type in ("application/grpc", "application/grpc-web", "application/grpc+json"):
        answer = request(server, "POST", EVALUATE, frame(body, 1), content_type=content_type, grpc_encoding="gzip")
        assert (answer.status, answer.getheader("grpc-status")) == (200, "3")


def test_large_answers_are_compressed_at_every_door(server):
    assert request(server, "POST", FLAGS, b"{}", accept_encoding="gzip;q=0").getheader("content-encoding") is None
    for method, path, body in (("POST", FLAGS, b"{}"), ("POST", VARDATA, b"{}"), ("POST", EVALUATE, b"{}")):
        answer = request(server, method, path, body, accept_encoding="br, gzip", content_type="application/json")
        if len(answer.text) < 100 or answer.getheader("content-encoding") is None:
            assert len(answer.text) < 1024
            continue
        assert answer.getheader("vary") == "accept-encoding"
        assert json.loads(gzip.decompress(answer.text))


@pytest.mark.parametrize("form", ["{0}", "W/{1}", "{1}", '"other", {0}', "{2}", "*", 'W/"x",{1} , "y"'])
def test_a_tag_is_known_again_in_whatever_form_gateways_send_it(server, form):
    tag = request(server, "POST", FLAGS, b"{}").getheader("etag")
    assert tag.startswith('W/"')
    strong = tag.removeprefix("W/")
    sent = form.format(tag, strong, f'{strong[:-1]}-gzip"')
    answer = request(server, "POST", FLAGS, b"{}", if_none_match=sent)
    assert (answer.status, answer.text, answer.getheader("etag")) == (304, b"", tag)
    assert request(server, "POST", FLAGS, b"{}", if_none_match=f'"{strong[2:]}').status == 200


def test_a_user_of_20_kb_in_a_header_is_read(server):
    import base64

    user = {"user_id": "ann", "user_properties": {f"p{number}": "x" * 2000 for number in range(10)}}
    encoded = base64.urlsafe_b64encode(json.dumps(user).encode()).decode().rstrip("=")
    assert request(server, "GET", VARDATA, x_amp_exp_user=encoded).status == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "", "text/html", "application/xml"])
def test_a_wrong_content_type_is_told_the_right_ones(server, content_type):
    answer = request(server, "POST", EVALUATE, USER, content_type=content_type)
    assert answer.status == 415
    assert json.loads(answer.text)["message"] == "content-type: must be application/json or application/proto"


def test_a_caller_that_hurts_itself_never_hurts_another(server):
    """The worst bodies of all: who asks beside them is answered in time."""
    worst = gzip.compress(b'{"users":[' + b"{}," * 349_000 + b"{}]}")
    with socket.create_connection(server.listen.rsplit(":", 1), SECONDS) as connection:
        head = (
            f"POST {EVALUATE}Batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            f"content-encoding: gzip\r\ncontent-length: {len(worst)}\r\n\r\n"
        )
        connection.sendall(head.encode() + worst)
        assert server.get("/healthz")[0] == 200
        assert re.match(rb"HTTP/1\.1 400 ", connection.recv(4096))
