"""Hostile callers: whatever one does, others are served and memory stays bounded."""

import contextlib
import gzip
import http.client
import json
import re
import socket
import threading
from pathlib import Path

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from tests.wire import h2
from tests.wire.conftest import toy_running

SECONDS = 60
MIB = 1024 * 1024
ROOM = 50 * MIB
"""How much more memory an attack may take than was in use before it."""


@pytest.fixture(scope="module")
def victim():
    with toy_running() as process, others_are_served(process):
        yield process


@pytest.fixture(autouse=True)
def unharmed(victim):
    before = resident(victim)
    yield
    with others_are_served(victim):
        grown = resident(victim) - before
        assert grown < ROOM, f"{grown / MIB:.0f} MiB more"


@contextlib.contextmanager
def others_are_served(process):
    """A well-behaved caller is answered within its deadline, before and after."""
    with grpc.insecure_channel(process.listen) as channel:
        served(channel)
        yield
        served(channel)


def served(channel):
    echo = channel.unary_unary(
        "/toy.Toy/Echo",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )
    assert echo(StringValue(value="hi"), timeout=SECONDS).value == "hi"


def resident(process):
    status = Path(f"/proc/{process.envoy_pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def files(process):
    return len(list(Path(f"/proc/{process.envoy_pid}/fd").iterdir()))


def connect(process):
    host, _, port = process.listen.rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)


def post(process, path, body, **headers):
    """Send a request by HTTP/1.1 and return the answer, whether or not the server reads all of the body."""
    connection = http.client.HTTPConnection(process.listen, timeout=SECONDS)
    connection.putrequest("POST", path)
    for name, value in ({"content_length": str(len(body))} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    with contextlib.suppress(OSError):
        connection.send(body)
    with contextlib.closing(connection):
        answer = connection.getresponse()
        answer.text = answer.read()
        return answer


def grpc_post(process, body, **headers):
    return post(process, "/toy.Toy/Echo", body, content_type="application/grpc", te="trailers", **headers)


def test_slowloris_is_hung_up_on_and_its_files_come_back(victim):
    before = files(victim)
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(connect(victim)) for _ in range(300)]
        for one in slow:
            one.sendall(b"POST /toy.Toy/Echo HTTP/1.1\r\nhost: toy\r\nx-slow: ")
        with others_are_served(victim):
            for one in slow:
                while one.recv(4096):
                    pass
    assert files(victim) < before + 50


def test_headers_that_never_end_reset_the_stream(victim):
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(h2.Connection(victim)) for _ in range(100)]
        for one in slow:
            one.send(h2.frame(h2.HEADERS, 0, 1, h2.literal(b":method", b"POST")))
        with others_are_served(victim):
            for one in slow:
                assert one.until(h2.RST_STREAM) or one.closed


def test_bodies_that_never_come_hold_nobody_up(victim):
    with contextlib.ExitStack() as held:
        for _ in range(20):
            connection = held.enter_context(h2.Connection(victim))
            for stream in range(1, 101, 2):
                connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.headers()))
                connection.send(h2.frame(h2.DATA, 0, stream, b"\0\0\0"))
        with others_are_served(victim):
            pass


def test_ten_thousand_streams_on_a_connection_are_not_served_at_once(victim):
    with h2.Connection(victim) as connection:
        for stream in range(1, 20_000, 2):
            connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.headers("/toy.Toy/Follow")))
        with others_are_served(victim):
            refused = connection.until(h2.RST_STREAM)
        assert refused is None or int.from_bytes(refused[3], "big") == 7, "neither hung up nor REFUSED_STREAM"


def test_rapid_reset_ends_the_connection(victim):
    with h2.Connection(victim) as connection:
        for stream in range(1, 20_000, 2):
            connection.send(
                h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.headers("/toy.Toy/Follow"))
                + h2.frame(h2.RST_STREAM, 0, stream, (8).to_bytes(4, "big"))
            )
        list(connection.frames())
        assert connection.closed


@pytest.mark.parametrize(
    "flood",
    [
        h2.frame(h2.SETTINGS),
        h2.frame(h2.PING, payload=bytes(8)),
        h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.headers()) + h2.frame(h2.DATA, 0, 1) * 100,
        h2.frame(h2.HEADERS, 0, 1, h2.headers()) + h2.frame(h2.CONTINUATION, 0, 1, h2.literal(b"x", b"y" * 4000)) * 50,
    ],
    ids=["settings", "ping", "empty data", "continuation"],
)
def test_a_flood_of_frames_ends_the_connection(victim, flood):
    with h2.Connection(victim) as connection:
        for _ in range(1000):
            connection.send(flood * 20)
            if connection.closed:
                break
        list(connection.frames())
        assert connection.closed


@pytest.mark.parametrize("junk", [b"\0" * 100, b"\x16\x03\x01\x02\0" + b"x" * 300, b"GET / HTTP/9\r\n\r\n"])
def test_what_is_no_http_is_hung_up_on(victim, junk):
    with connect(victim) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(junk)
        while connection.recv(4096):
            pass


def test_headers_too_large_are_refused(victim):
    assert post(victim, "/toy.Toy/Echo", b"", x_large="y" * 100_000).status == 431
    assert post(victim, "/toy.Toy/Echo", b"", **{f"x_{number}": "y" for number in range(150)}).status == 431
    assert post(victim, "/" + "y" * 100_000, b"").status == 431


@pytest.mark.parametrize(
    ("path", "content_type", "status"),
    [
        ("/toy.Toy/Echo", "application/json", 413),
        ("/toy.Toy/Count", "application/connect+json", 200),
        ("/rest/echo", "text/plain", 413),
        ("/nothing", "text/plain", 404),
    ],
)
def test_a_body_too_large_is_refused_without_being_kept(victim, path, content_type, status):
    assert post(victim, path, bytes(100 * MIB), content_type=content_type).status == status


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, "3"),
        (b"\0\0", {}, "3"),
        (b"\0\0\0\0\x05abc", {}, "3"),
        (b"\0\0\0\0\x01\x0a\0\0", {}, "3"),
        (b"\0\0\0\0\x02\xff\xff", {}, "3"),
        (b"\x07\0\0\0\0", {}, "3"),
        (b"\0\xff\xff\xff\xff", {}, "8"),
        (b"\0\0\0\0\0" + bytes(10 * MIB), {}, "8"),
        (b"\1\0\0\0\4gzip", {}, "3"),
        (b"\1\0\0\0\4gzip", {"grpc_encoding": "gzip"}, "3"),
        (b"\1\0\0\0\4gzip", {"grpc_encoding": "zstd"}, "12"),
        (b"\0\0\0\0\0", {"grpc_timeout": "forever"}, "3"),
    ],
)
def test_a_damaged_message_is_refused(victim, body, headers, status):
    answer = grpc_post(victim, body, **headers)
    assert (answer.status, answer.getheader("grpc-status")) == (200, status)


def test_gzip_bombs_are_not_unpacked(victim):
    bomb = gzip.compress(bytes(100 * MIB))
    body = b"\1" + len(bomb).to_bytes(4, "big") + bomb
    assert len(body) < MIB
    statuses = []

    def throw():
        statuses.append(grpc_post(victim, body, grpc_encoding="gzip").getheader("grpc-status"))

    throwers = [threading.Thread(target=throw) for _ in range(20)]
    for thrower in throwers:
        thrower.start()
    with others_are_served(victim):
        for thrower in throwers:
            thrower.join(SECONDS)
    assert statuses == ["8"] * 20


@pytest.mark.parametrize("content_type", ["application/grpc+thrift", "application/grpc;x", "text/html", "", "\xff"])
def test_a_content_type_that_nobody_knows_is_refused(victim, content_type):
    assert post(victim, "/toy.Toy/Echo", b"\0\0\0\0\0", content_type=content_type).status == 415


@pytest.mark.parametrize("path", ["/toy.Toy/Nope", "/toy.Toy/", "/%00", "/..%2f..%2fetc/passwd", "/toy.Toy/Echo/"])
def test_a_method_that_is_not_there_is_unimplemented(victim, path):
    answer = post(victim, path, b"\0\0\0\0\0", content_type="application/grpc", te="trailers")
    assert (answer.status, answer.getheader("grpc-status")) in {(200, "12"), (400, None)}


@pytest.mark.parametrize("path", ["/%ff", "/rest/items/%c3%28", "/toy.Toy/Echo%80"])
def test_a_path_that_is_no_text_is_refused(victim, path):
    answer = post(victim, path, b"", content_type="application/json")
    assert (answer.status, json.loads(answer.text)["code"]) == (400, "invalid_argument")


def test_a_caller_that_never_reads_holds_little_memory(victim):
    window = h2.frame(h2.SETTINGS)[9:]
    with contextlib.ExitStack() as held:
        for _ in range(20):
            connection = held.enter_context(h2.Connection(victim, window))
            body = StringValue(value="1000000").SerializeToString()
            message = b"\0" + len(body).to_bytes(4, "big") + body
            connection.send(
                h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.headers("/toy.Toy/Count"))
                + h2.frame(h2.DATA, h2.END_STREAM, 1, message)
            )
            assert connection.until(h2.DATA) is not None
        with others_are_served(victim):
            pass
