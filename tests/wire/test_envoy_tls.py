"""TLS over Envoy: rotation under load, pairs that do not fit, callers with certificates."""

import shutil
import threading

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from tests.cluster.pki import Pki
from tests.wire.conftest import toy_running
from tests.wire.process import eventually
from tests.wire.secret import Secret, served

SECONDS = 60
ROTATIONS = 5
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def other_authority(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("other"))


@pytest.fixture
def secret(tmp_path, authority):
    """A folder that is swapped as kubelet swaps a mounted Secret."""
    return Secret(tmp_path / "secret", authority)


def channel(process, authority, certificate=None, key=None):
    credentials = grpc.ssl_channel_credentials(
        (authority.folder / "ca.crt").read_bytes(), key and key.read_bytes(), certificate and certificate.read_bytes()
    )
    return grpc.secure_channel(process.listen, credentials, [("grpc.use_local_subchannel_pool", 1)])


def call(channel, name="Echo", text="hi"):
    method = channel.unary_unary(
        f"/toy.Toy/{name}",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )
    return method(StringValue(value=text), timeout=SECONDS).value


class Load:
    """Calls without end, half of them each on a connection of its own; every failure is kept."""

    def __init__(self, process, authority):
        self.failures = []
        self.calls = 0
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._same, args=(process, authority)),
            threading.Thread(target=self._anew, args=(process, authority)),
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join(SECONDS)

    def _same(self, process, authority):
        with channel(process, authority) as one:
            while not self._ended.is_set():
                self._call(one)

    def _anew(self, process, authority):
        while not self._ended.is_set():
            with channel(process, authority) as one:
                self._call(one)

    def _call(self, one):
        try:
            call(one)
            self.calls += 1
        except grpc.RpcError as error:
            self.failures.append(error)


def test_a_call_is_answered_over_tls(secret, authority):
    with toy_running("--tls", *secret.files) as process, channel(process, authority) as one:
        assert call(one) == "hi"


def test_no_call_fails_while_certificates_rotate(secret, authority):
    with toy_running("--tls", *secret.files) as process:
        with Load(process, authority) as load:
            for _ in range(ROTATIONS):
                renewed, calls = secret.renew(), load.calls
                eventually(lambda renewed=renewed: served(process.listen) == renewed)
                eventually(lambda calls=calls: load.calls > calls + 20)
        assert load.failures == []


def test_a_pair_that_does_not_fit_is_refused_and_the_one_before_stays(secret, authority):
    with toy_running("--tls", *secret.files) as process:
        good = served(process.listen)
        certificate, _ = authority.sign("stray", "/CN=stray", "serverAuth", ("IP:127.0.0.1",))
        secret.swap(certificate.read_bytes(), secret.files[1].read_bytes())
        process.said("rejected|mismatch|Failed")
        assert served(process.listen) == good
        secret.swap(certificate.read_bytes()[:100], b"")
        with channel(process, authority) as one:
            assert call(one) == "hi"
        assert served(process.listen) == good
        renewed = secret.renew()
        eventually(lambda: served(process.listen) == renewed)


def test_callers_show_a_certificate_of_the_authority_named(secret, authority, other_authority):
    ours = authority.sign("ann", "/CN=ann", "clientAuth")
    theirs = other_authority.sign("eve", "/CN=eve", "clientAuth")
    with toy_running("--tls", *secret.files, secret.client_ca) as process:
        with channel(process, authority, *ours) as one:
            assert call(one) == "hi"
        for pair in ((), theirs):
            with channel(process, authority, *pair) as one, pytest.raises(grpc.RpcError) as refused:
                call(one)
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_the_service_learns_whose_certificate_it_was_and_a_claim_is_dropped(secret, authority):
    ours = authority.sign("ann", "/CN=ann", "clientAuth")
    with toy_running("--tls", *secret.files, secret.client_ca) as process, channel(process, authority, *ours) as one:
        claimed = one.unary_unary(
            "/toy.Toy/Metadata",
            request_serializer=StringValue.SerializeToString,
            response_deserializer=StringValue.FromString,
        )
        metadata = [("x-forwarded-client-cert", 'Subject="CN=root"')]
        said = claimed(StringValue(value="x-forwarded-client-cert"), timeout=SECONDS, metadata=metadata).value
    assert 'Subject="CN=ann"' in said
    assert "root" not in said


def test_a_new_authority_of_callers_is_heeded_and_the_old_one_refused(secret, authority, other_authority):
    before = authority.sign("ann", "/CN=ann", "clientAuth")
    after = other_authority.sign("ben", "/CN=ben", "clientAuth")
    with toy_running("--tls", *secret.files, secret.client_ca) as process:
        secret.renew(other_authority)

        def heeded():
            with channel(process, authority, *after) as one:
                try:
                    return call(one) == "hi"
                except grpc.RpcError:
                    return False

        eventually(heeded)
        with channel(process, authority, *before) as one, pytest.raises(grpc.RpcError):
            call(one)
