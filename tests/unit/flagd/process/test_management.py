"""The management port: HTTP and HTTPS, bounded."""

import asyncio
import shutil
import ssl
from http import HTTPStatus

import pytest

from flagd.process import management
from flagd.process.management import Management, Page
from flagd.rpc.transport import TlsFiles
from tests.cluster.pki import Pki


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    pki = Pki(tmp_path_factory.mktemp("pki"))
    return TlsFiles(*pki.sign("localhost", "/CN=localhost", "serverAuth", ("IP:127.0.0.1",)))


@pytest.fixture
async def secure(certificate):
    server = Management({"/fine": _fine, "/broken": _broken}, "127.0.0.1:0", {"/own": _told}, certificate)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(params=["server", "secure"])
def either(request):
    return request.getfixturevalue(request.param)


async def _send(server, data):
    reader, writer = await _connect(server)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def _told(request):
    return Page(HTTPStatus.OK, "text/plain", f"{request.authorization} {dict(request.query)}".encode())


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"GET /own?a=1&b=x%20y HTTP/1.1\r\nAuthorization: Bearer t\r\n", "Bearer t {'a': '1', 'b': 'x y'}"),
        (b"GET /own?a=1&a=2 HTTP/1.1\r\n", " {'a': '2'}"),
        (b"GET /own HTTP/1.1\r\nauthorization: a\r\nAuthorization: b\r\n", " {}"),
        (b"GET /own?%00=%ff HTTP/1.1\r\n", " {'\\x00': '\ufffd'}"),
    ],
)
async def test_a_page_of_one_caller_knows_what_they_ask_and_show(head, told):
    server = Management({}, "127.0.0.1:0", {"/own": _told})
    await server.start()
    try:
        answer = await _send(server, head + b"\r\n")
    finally:
        await server.stop()
    assert answer.partition("\r\n\r\n")[2] == told


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
async def test_every_request_gets_its_answer(either, request_bytes, status, body):
    head, _, rest = (await _send(either, request_bytes)).partition("\r\n\r\n")
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


async def _connect(server):
    host, port = server.address.split(":")
    context = (
        None if server._tls is None else ssl.create_default_context(cafile=server._tls.certificate.parent / "ca.crt")
    )
    return await asyncio.open_connection(host, int(port), ssl=context)


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00", b"GET /fine HTTP/1.1\r\n\r\n", bytes(3)])
async def test_probes_are_answered_whatever_handshakes_never_end(secure, monkeypatch, begun):
    monkeypatch.setattr(management, "CONNECTIONS", 8)
    host, port = secure.address.split(":")
    for _ in range(10):
        held = [await asyncio.open_connection(host, int(port)) for _ in range(10)]
        for _, writer in held:
            writer.write(begun)
        assert "200 OK" in await _send(secure, b"GET /fine HTTP/1.1\r\n\r\n")
        for _, writer in held:
            writer.close()


async def test_a_pair_that_does_not_fit_is_an_error_that_names_its_files(certificate, tmp_path):
    (tmp_path / "tls.key").write_text("")
    with pytest.raises(OSError, match=r"^.*/tls\.key holds no PEM private key$"):
        await Management({}, "127.0.0.1:0", tls=TlsFiles(certificate.certificate, tmp_path / "tls.key")).start()


async def test_probes_are_answered_whatever_idle_connections_there_are(either, monkeypatch):
    server = either
    monkeypatch.setattr(management, "CONNECTIONS", 8)
    held = []
    for number in range(100):
        reader, writer = await _connect(server)
        writer.write(b"" if number % 2 else b"GET /fine HTTP/1.1\r\nx-slow: ")
        held.append((reader, writer))
        if number % 10 == 9:
            assert "200 OK" in await _send(server, b"GET /fine HTTP/1.1\r\n\r\n")
    for _, writer in held:
        writer.close()


async def test_a_reader_that_never_reads_makes_room_too(server, monkeypatch):
    async def large():
        return Page(HTTPStatus.OK, "text/plain", bytes(20_000_000))

    monkeypatch.setattr(management, "CONNECTIONS", 2)
    server._pages["/large"] = large
    held = [await _connect(server) for _ in range(6)]
    for _, writer in held:
        writer.write(b"GET /large HTTP/1.1\r\n\r\n")
    for _ in range(5):
        assert "200 OK" in await _send(server, b"GET /fine HTTP/1.1\r\n\r\n")
    for _, writer in held:
        writer.close()


async def test_a_page_that_many_ask_for_at_once_is_made_once(server):
    made, made_now = [], asyncio.Event()

    async def slow():
        made.append(None)
        await made_now.wait()
        return Page(HTTPStatus.OK, "text/plain", b"slow")

    server._pages["/slow"] = slow
    asking = [asyncio.create_task(_send(server, b"GET /slow HTTP/1.1\r\n\r\n")) for _ in range(20)]
    while len(server._open) < 20 or not made:
        await asyncio.sleep(0.001)
    made_now.set()
    assert all(answer.endswith("slow") for answer in await asyncio.gather(*asking))
    assert len(made) < 20


async def test_a_taken_port_is_an_error(server):
    with pytest.raises(OSError, match=r"cannot listen on .*: address already in use"):
        await Management({}, server.address).start()
