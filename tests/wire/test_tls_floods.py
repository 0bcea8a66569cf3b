"""The floods of callers without manners, inside TLS: others are served, and files come back."""

import contextlib
import shutil
import socket
import ssl
from pathlib import Path

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.pki import Pki
from tests.wire import h2
from tests.wire.conftest import running
from tests.wire.process import SECONDS, eventually
from tests.wire.secret import Secret
from tests.wire.shop import SHOP

EVALUATE = "/flagd.v1.EvaluationService/Evaluate"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(tmp_path_factory, authority, transport):
    folder = tmp_path_factory.mktemp("flags")
    (folder / "shop.yaml").write_text(SHOP)
    certificate, key = Secret(tmp_path_factory.mktemp("tls") / "secret", authority).files
    with running(folder, "--transport", transport, "--tls-cert", certificate, "--tls-key", key) as process:
        yield process


@pytest.fixture
def tls(authority):
    context = ssl.create_default_context(cafile=authority.folder / "ca.crt")
    context.set_alpn_protocols(["h2"])
    return context


@pytest.fixture(autouse=True)
def others_are_served(server, authority):
    """An honest caller is answered before and after, and nothing is left running."""
    _ask(server, authority)
    yield
    _ask(server, authority)
    eventually(lambda: server.metric("flagd_rpc_in_flight") == 0)
    assert "internal error" not in str(server.log)


def _ask(server, authority):
    credentials = grpc.ssl_channel_credentials((authority.folder / "ca.crt").read_bytes())
    with grpc.secure_channel(server.listen, credentials, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        EvaluationServiceStub(channel).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=SECONDS)


def _files(server):
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (server.pid, *children))


@pytest.mark.parametrize(
    "flood",
    [
        h2.frame(h2.SETTINGS),
        h2.frame(h2.PING, payload=bytes(8)),
        h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.headers(EVALUATE)) + h2.frame(h2.DATA, 0, 1) * 100,
    ],
    ids=["settings", "ping", "empty data"],
)
def test_a_flood_of_frames_holds_nobody_up(server, authority, tls, flood):
    with h2.Connection(server, tls=tls) as connection:
        for _ in range(1000):
            connection.send(flood * 20)
            if connection.closed:
                break
        _ask(server, authority)


@pytest.mark.parametrize("reset", [b"", h2.RST_STREAM], ids=["streams", "rapid reset"])
def test_ten_thousand_streams_on_a_connection_hold_nobody_up(server, authority, tls, reset):
    with h2.Connection(server, tls=tls) as connection:
        for stream in range(1, 20_000, 2):
            ended = h2.frame(h2.RST_STREAM, 0, stream, (8).to_bytes(4, "big")) if reset else b""
            connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.headers(EVALUATE)) + ended)
            if connection.closed:
                break
        _ask(server, authority)


@pytest.mark.parametrize("hello", [b"", b"\x16\x03\x01\x02\0", b"\x16\x03\x01\xff\xff" + b"x" * 1000, h2.PREFACE])
def test_handshakes_that_never_end_hold_nobody_up(server, authority, hello):
    host, _, port = server.listen.rpartition(":")
    before = _files(server)
    with contextlib.ExitStack() as held:
        for _ in range(200):
            one = held.enter_context(socket.create_connection((host, int(port)), SECONDS))
            with contextlib.suppress(OSError):
                one.sendall(hello)
        _ask(server, authority)
    eventually(lambda: _files(server) < before + 50)


def test_callers_that_hang_up_in_the_middle_of_a_handshake_hold_nobody_up(server, authority, tls):
    host, _, port = server.listen.rpartition(":")
    for number in range(100):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        shaking = tls.wrap_bio(incoming, outgoing, server_hostname=host)
        with contextlib.suppress(ssl.SSLWantReadError):
            shaking.do_handshake()
        hello = outgoing.read()
        with socket.create_connection((host, int(port)), SECONDS) as one:
            one.sendall(hello[: len(hello) * (number + 1) // 100])
    _ask(server, authority)
