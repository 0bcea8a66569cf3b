"""One end of a connection in TLS, against the TLS of asyncio."""

import asyncio
import shutil
import ssl

import pytest

from flagd.process.port.certificate import Certificate
from flagd.process.port.tls_stream import TlsStream
from flagd.rpc.transport import TlsFiles
from tests.cluster.pki import Pki

LIMIT = 1024


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def echo(pki):
    """Connect to a server that sends back what it reads until a full stop, 1,000 times; what it met is a future."""
    context = Certificate(TlsFiles(*pki.sign("localhost", "/CN=localhost", "serverAuth", ("IP:127.0.0.1",)))).context
    met = asyncio.get_running_loop().create_future()

    async def answer(reader, writer):
        stream = TlsStream(context, reader, writer, LIMIT)
        try:
            stream.write(await stream.readuntil(b".") * 1000)
            await stream.drain()
            met.set_result(None)
        except (OSError, asyncio.LimitOverrunError) as error:
            met.set_result(error)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    trusted = ssl.create_default_context(cafile=pki.folder / "ca.crt")
    yield lambda context=trusted: asyncio.open_connection(*address, ssl=context), met
    server.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_what_follows_the_separator_is_no_part_of_it_and_an_answer_may_be_long(echo, pki, version):
    connect, met = echo
    trusted = ssl.create_default_context(cafile=pki.folder / "ca.crt")
    trusted.minimum_version = trusted.maximum_version = version
    reader, writer = await connect(trusted)
    said = b"x" * (LIMIT - 2)
    writer.write(said[:500])
    await writer.drain()
    writer.write(said[500:] + b".rest")
    assert await reader.read() == (said + b".") * 1000
    assert await met is None
    writer.close()


@pytest.mark.parametrize(
    ("said", "ends", "error"),
    [
        (b"x" * 10_000, False, asyncio.LimitOverrunError),
        (b"x", True, ConnectionResetError),
        (b"", True, ConnectionResetError),
    ],
)
async def test_what_has_no_end_is_an_error_inside_tls(echo, said, ends, error):
    connect, met = echo
    _, writer = await connect()
    writer.write(said)
    if ends:
        writer.close()
    assert isinstance(await met, error)
    writer.close()


@pytest.mark.parametrize(
    ("said", "error"), [(b"GET / HTTP/1.1\r\n\r\n", ssl.SSLError), (b"\x16\x03", ConnectionResetError)]
)
async def test_what_is_no_handshake_is_an_error(echo, said, error):
    connect, met = echo
    _, writer = await connect(None)
    writer.write(said)
    writer.write_eof()
    assert isinstance(await met, error)
    writer.close()
