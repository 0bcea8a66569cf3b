"""The management port: plain HTTP, bounded."""

import asyncio
from http import HTTPStatus

import pytest

from flagd.server import management
from flagd.server.management import Management, Page


async def _fine():
    return Page(HTTPStatus.OK, "text/plain", b"fine")


async def _broken():
    raise ValueError("secret")


@pytest.fixture
async def server():
    server = Management({"/fine": _fine, "/broken": _broken}, "127.0.0.1:0")
    await server.start()
    yield server
    await server.stop()


async def _send(server, data):
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer.decode()


CASES = [
    (b"GET /fine HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 200 OK", "fine"),
    (b"GET /fine?x=1 HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "fine"),
    (b"HEAD /fine HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", ""),
    (b"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "Not Found\n"),
    (b"POST /fine HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed", "Method Not Allowed\n"),
    (b"GET /broken HTTP/1.1\r\n\r\n", "HTTP/1.1 500 Internal Server Error", "Internal Server Error\n"),
    (b"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request", "Bad Request\n"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 Bad Request", "Bad Request\n"),
    (
        b"GET /fine HTTP/1.1\r\nx: " + b"x" * 20_000 + b"\r\n\r\n",
        "HTTP/1.1 431 Request Header Fields Too Large",
        "Request Header Fields Too Large\n",
    ),
]


@pytest.mark.parametrize(("request_bytes", "status", "body"), CASES)
async def test_every_request_gets_its_answer(server, request_bytes, status, body):
    head, _, rest = (await _send(server, request_bytes)).partition("\r\n\r\n")
    assert head.split("\r\n")[0] == status
    assert "connection: close" in head
    assert rest == body


async def test_a_request_cut_short_is_no_error(server):
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /fi")
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()


async def test_a_request_that_never_ends_is_dropped(server, monkeypatch):
    monkeypatch.setattr(management, "REQUEST_SECONDS", 0.01)
    assert await _send(server, b"GET /fine HTTP/1.1\r\n") == ""


async def test_connections_beyond_the_limit_are_refused_and_later_ones_served(server, monkeypatch):
    monkeypatch.setattr(management, "CONNECTIONS", 1)
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /fine")
    assert await _send(server, b"") == ""
    writer.write(b" HTTP/1.1\r\n\r\n")
    assert (await reader.read()).endswith(b"fine")
    writer.close()
    assert "200 OK" in await _send(server, b"GET /fine HTTP/1.1\r\n\r\n")


async def test_a_taken_port_is_an_error(server):
    with pytest.raises(OSError, match=r"cannot listen on .*: address already in use"):
        await Management({}, server.address).start()
