"""TLS of flagd's own port: rotation without a failed call, bad pairs, callers' certificates."""

import re
import shutil
import ssl
from urllib.error import HTTPError
from urllib.request import urlopen

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.pki import Pki
from tests.wire.process import SECONDS, Flagd, eventually
from tests.wire.secret import Secret, served
from tests.wire.shop import flag

ROTATIONS = 3
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def secret(tmp_path, authority):
    return Secret(tmp_path / "secret", authority)


@pytest.fixture
def flags(tmp_path):
    (tmp_path / "flags").mkdir()
    (tmp_path / "flags" / "a.yaml").write_text(flag("a", "one"))
    return tmp_path / "flags"


def _tls(secret):
    certificate, key = secret.files
    return ["--tls-cert", certificate, "--tls-key", key]


def _ask(process, authority, certificate=None, key=None):
    """Call on a connection of its own."""
    credentials = grpc.ssl_channel_credentials(
        (authority.folder / "ca.crt").read_bytes(), key and key.read_bytes(), certificate and certificate.read_bytes()
    )
    with grpc.secure_channel(process.listen, credentials, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        answer = EvaluationServiceStub(channel).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=60)
    return answer.variants["a"].key


def test_calls_are_answered_over_tls_and_over_nothing_else(flags, secret, authority, start, call):
    process = start(flags, *_tls(secret))
    assert _ask(process, authority) == "one"
    with pytest.raises(grpc.RpcError) as refused:
        call(process).Evaluate(EvaluateRequest(), timeout=60)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_new_connections_are_shown_the_new_certificate_and_no_call_fails(flags, secret, authority, start):
    process = start(flags, *_tls(secret))
    for _ in range(ROTATIONS):
        renewed = secret.renew()
        eventually(lambda renewed=renewed: _ask(process, authority) == "one" and served(process.listen) == renewed)


def test_the_management_port_answers_over_the_same_pair_and_no_other_way(flags, secret, authority, transport):
    process = Flagd(flags, "--transport", transport, *_tls(secret), "--management-tls")
    try:
        eventually(lambda: _readyz(f"https://{process.management}", authority) == 200)
        with pytest.raises(OSError, match=r"Remote end closed|reset"):
            _readyz(f"http://{process.management}", authority)
        renewed = secret.renew()
        eventually(lambda: served(process.management) == renewed)
    finally:
        process.stop()


def _readyz(url, authority):
    trusted = ssl.create_default_context(cafile=authority.folder / "ca.crt")
    try:
        with urlopen(f"{url}/readyz", context=trusted, timeout=SECONDS) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


def test_a_pair_that_does_not_fit_leaves_the_one_before(flags, secret, authority, start):
    process = start(flags, *_tls(secret))
    good = served(process.listen)
    certificate, _ = authority.sign("stray", "/CN=stray", "serverAuth", ("IP:127.0.0.1",))
    secret.swap(certificate.read_bytes(), secret.files[1].read_bytes())
    complaint = re.compile("do not match|mismatch|rejected|Failed")
    eventually(
        lambda: _ask(process, authority) == "one" and any(complaint.search(one["message"]) for one in process.log)
    )
    assert served(process.listen) == good
    renewed = secret.renew()
    eventually(lambda: _ask(process, authority) == "one" and served(process.listen) == renewed)


def test_callers_need_a_certificate_of_the_authority_named(flags, secret, authority, stranger, start):
    process = start(flags, *_tls(secret), "--tls-client-ca", secret.client_ca)
    assert _ask(process, authority, *authority.sign("ann", "/CN=ann", "clientAuth")) == "one"
    for pair in ((), stranger.sign("eve", "/CN=eve", "clientAuth")):
        with pytest.raises(grpc.RpcError) as refused:
            _ask(process, authority, *pair)
        assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
