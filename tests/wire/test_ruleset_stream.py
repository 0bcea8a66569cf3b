"""The ruleset stream between processes: edits, kills, disk, peers, TLS; and what the ruleset port gives to whom."""

import json
import shutil
import signal
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.update import apply_update
from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.ruleset_pb2 import Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub
from tests.cluster.pki import Pki
from tests.ports import free_address
from tests.wire.process import COMMAND, Flagd, Process, eventually
from tests.wire.secret import Secret
from tests.wire.shop import BACKEND_KEY, SHOP, WEB_KEY, flag

SECONDS = 60
NOBODY = "127.0.0.1:9"
"""An address where nobody listens."""
REQUEST = EvaluateRequest(project="shop", user=User(user_id="ann"))


class Publishing(Flagd):
    """A flagd that serves a folder, and publishes it."""

    def __init__(self, folder, *options, listen="127.0.0.1:0"):
        super().__init__(folder, "--transport", "grpcio", "--ruleset-listen", listen, *options)
        self.rulesets = self.said("ruleset stream on").rpartition(" ")[2]


class Following(Process):
    """A flagd behind publishers."""

    def __init__(self, operator, *options):
        ports = ("--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0", "--ruleset-listen", "127.0.0.1:0")
        super().__init__(COMMAND, "serve", "--operator", operator, "--log-format", "json", *ports, *options)
        self.rulesets = self.said("ruleset stream on").rpartition(" ")[2]


@pytest.fixture
def launch():
    """Start processes: ``launch(kind, *arguments)``; those that still run are stopped after the test."""
    with ExitStack() as processes:

        @contextmanager
        def running(kind, *arguments, **options):
            process = kind(*arguments, **options)
            try:
                yield process
            finally:
                process.stop()

        yield lambda kind, *arguments, **options: processes.enter_context(running(kind, *arguments, **options))


@pytest.fixture
def folder(tmp_path):
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "a.yaml").write_text(flag("a", "one"))
    return manifests


def _variant(stub):
    return stub.Evaluate(REQUEST, timeout=SECONDS).variants["a"].key


def test_an_edit_reaches_callers_of_a_flagd_behind_another(folder, transport, launch, call):
    publisher = launch(Publishing, folder)
    follower = launch(Following, publisher.rulesets, "--transport", transport)
    follower.ready()
    stub = call(follower)
    assert _variant(stub) == "one"
    (folder / "a.yaml").write_text(flag("a", "two"))
    eventually(lambda: _variant(stub) == "two")
    assert publisher.metric("flagd_subscribers", role="replica") == 1
    assert follower.metric("flagd_publishers") == 1


def test_every_address_of_every_name_is_subscribed_to(folder, launch):
    publishers = [launch(Publishing, folder) for _ in range(2)]
    follower = launch(Following, ",".join(one.rulesets.replace("127.0.0.1", "localhost") for one in publishers))
    eventually(lambda: follower.metric("flagd_publishers") == 2)
    follower.ready()


def test_a_publisher_that_is_killed_changes_no_answer_and_is_followed_again(folder, launch, call):
    address = free_address()
    publisher = launch(Publishing, folder, listen=address)
    follower = launch(Following, address, "--transport", "grpcio")
    before = follower.ready()
    stub = call(follower)
    publisher.signal(signal.SIGKILL)
    publisher.wait()
    eventually(lambda: follower.metric("flagd_publishers") == 0)
    assert _variant(stub) == "one"
    launch(Publishing, folder, listen=address)
    eventually(lambda: follower.metric("flagd_publishers") == 1)
    assert follower.ready()["projects"]["shop"]["revision"] == before["projects"]["shop"]["revision"]
    assert follower.metric("flagd_updates_total", result="applied") == 1
    (folder / "a.yaml").write_text(flag("a", "two"))
    eventually(lambda: _variant(stub) == "two")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_without_the_operator_serves_what_was_served_last_as_stale(folder, tmp_path, number, launch, call):
    (tmp_path / "state").mkdir()
    options = ("--transport", "grpcio", "--state-dir", tmp_path / "state")
    address = free_address()
    publisher = launch(Publishing, folder, listen=address)
    first = launch(Following, address, *options)
    revision = first.ready()["projects"]["shop"]["revision"]
    eventually((tmp_path / "state" / "last-good.ruleset").exists)
    publisher.stop()
    first.signal(number)
    first.wait()
    second = launch(Following, address, *options)
    assert second.ready()["projects"]["shop"]["revision"] == revision
    answer = call(second).Evaluate(REQUEST, timeout=SECONDS)
    assert (answer.variants["a"].key, answer.stale) == ("one", True)
    (folder / "a.yaml").write_text(flag("a", "two"))
    launch(Publishing, folder, listen=address)
    eventually(lambda: not call(second).Evaluate(REQUEST, timeout=SECONDS).stale)
    assert _variant(call(second)) == "two"


def test_a_start_with_nothing_and_without_the_operator_asks_peers(folder, launch, call):
    publisher = launch(Publishing, folder)
    peer = launch(Following, publisher.rulesets, "--transport", "grpcio")
    peer.ready()
    orphan = launch(Following, NOBODY, "--transport", "grpcio", "--peers", f"{NOBODY},{peer.rulesets}")
    orphan.ready()
    answer = call(orphan).Evaluate(REQUEST, timeout=SECONDS)
    assert (answer.variants["a"].key, answer.stale) == ("one", True)
    eventually(lambda: not peer.metric("flagd_subscribers", role="replica"))


def test_without_operator_disk_and_peers_flagd_waits_and_says_why(launch):
    lonely = launch(Following, NOBODY, "--transport", "grpcio")
    assert lonely.get("/readyz")[0] == 503
    assert lonely.get("/healthz")[0] == 200
    lonely.said(f"publisher {NOBODY}: UNAVAILABLE")
    cause = f"no operator has answered at {NOBODY} ({NOBODY}: UNAVAILABLE"
    eventually(lambda: cause in json.loads(lonely.get("/readyz")[1])["reason"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A flagd that needs deployment keys."""
    manifests = tmp_path_factory.mktemp("shop")
    (manifests / "shop.yaml").write_text(SHOP)
    process = Publishing(manifests, "--deployment-keys", "required")
    try:
        process.ready()
        yield process
    finally:
        process.stop()


def _subscribed(process, role, *metadata):
    """Return the ruleset that a first update holds."""
    with grpc.insecure_channel(process.rulesets) as channel:
        requests = SimpleQueue()
        requests.put(SubscribeRequest(hello=Hello(role=role, name="test")))
        stream = RulesetServiceStub(channel).Subscribe(iter(requests.get, None), metadata=metadata, timeout=SECONDS)
        try:
            update = next(stream).update
        finally:
            requests.put(None)
        return apply_update(update, HashedRuleset.empty(update.project)).ruleset


def test_a_server_key_gets_the_flags_that_it_opens(shop):
    ruleset = _subscribed(shop, Role.ROLE_CLIENT, ("authorization", f"Api-Key {BACKEND_KEY}"))
    seen = [key for key, one in ruleset.flags.items() if one["metadata"]["deployed"]]
    assert (seen, ruleset.deployments) == (["colour", "secret"], {})


@pytest.mark.parametrize(
    ("role", "authorization", "code"),
    [
        (Role.ROLE_CLIENT, None, grpc.StatusCode.UNAUTHENTICATED),
        (Role.ROLE_CLIENT, "Api-Key wrong", grpc.StatusCode.UNAUTHENTICATED),
        (Role.ROLE_CLIENT, f"Api-Key {WEB_KEY}", grpc.StatusCode.PERMISSION_DENIED),
        (Role.ROLE_REPLICA, None, grpc.StatusCode.UNAUTHENTICATED),
        (Role.ROLE_OPERATOR, f"Bearer {BACKEND_KEY}", grpc.StatusCode.UNAUTHENTICATED),
    ],
)
def test_others_get_nothing(shop, role, authorization, code):
    with pytest.raises(grpc.RpcError) as refused:
        _subscribed(shop, role, *([("authorization", authorization)] if authorization else []))
    assert refused.value.code() == code
    assert "colour" not in refused.value.details()


def test_where_peers_must_show_a_token_nobody_gets_rulesets_by_calling_itself_a_client(launch, tmp_path):
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "tokens").write_text("secret\n")
    process = launch(Publishing, tmp_path, "--ruleset-token-file", tmp_path / "tokens")
    process.ready()
    with pytest.raises(grpc.RpcError) as refused:
        _subscribed(process, Role.ROLE_CLIENT)
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert _subscribed(process, Role.ROLE_REPLICA, ("authorization", "Bearer secret")).flags
    assert _subscribed(process, Role.ROLE_CLIENT, ("authorization", f"Api-Key {BACKEND_KEY}")).flags


def test_a_flagd_says_at_which_addresses_nobody_has_to_say_who_they_are(launch):
    process = launch(Following, NOBODY, "--transport", "grpcio", "--peers", "127.0.0.1:10")
    process.said("anyone who can reach 127.0.0.1:0 gets all rulesets")
    process.said(f"any server that answers at {NOBODY} decides what is served: set --operator-ca")
    process.said("any server that answers at 127.0.0.1:10 decides what is served: set --operator-ca")


def test_the_ruleset_port_has_health(shop):
    with grpc.insecure_channel(shop.rulesets) as channel:
        for service in ("", "flagd.v1.RulesetService"):
            answer = HealthStub(channel).Check(HealthCheckRequest(service=service), timeout=SECONDS)
            assert answer.status == HealthCheckResponse.SERVING


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def token(tmp_path):
    (tmp_path / "token").write_text("a token\n")
    return tmp_path / "token"


@pytest.fixture
def secure(folder, tmp_path, authority, token, launch):
    """A publisher that asks for a certificate and a token."""
    secret = Secret(tmp_path / "secret", authority)
    certificate, key = secret.files
    tls = ("--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", secret.client_ca)
    return launch(Publishing, folder, *tls, "--ruleset-token-file", token)


@needs_openssl
def test_a_follower_with_certificate_and_token_is_let_in(secure, authority, token, launch):
    certificate, key = authority.sign("flagd", "/CN=flagd", "clientAuth")
    follower = launch(
        *(Following, secure.rulesets.replace("127.0.0.1", "localhost"), "--transport", "grpcio"),
        *("--operator-ca", authority.folder / "ca.crt", "--operator-token-file", token),
        *("--operator-cert", certificate, "--operator-key", key),
    )
    follower.ready()


@needs_openssl
@pytest.mark.parametrize(
    ("lacking", "reason"),
    [("token", "UNAUTHENTICATED: a valid token is required"), ("certificate", "UNAVAILABLE"), ("ca", "UNAVAILABLE")],
)
def test_a_follower_that_lacks_something_is_not(lacking, reason, secure, authority, token, tmp_path, launch):
    trusted = Pki(tmp_path / "stranger") if lacking == "ca" else authority
    certificate, key = authority.sign("flagd", "/CN=flagd", "clientAuth")
    options = ["--operator-ca", trusted.folder / "ca.crt"]
    if lacking != "token":
        options += ["--operator-token-file", token]
    if lacking != "certificate":
        options += ["--operator-cert", certificate, "--operator-key", key]
    follower = launch(Following, secure.rulesets, "--transport", "grpcio", *options)
    follower.said(f"publisher {secure.rulesets}: {reason}")
    assert follower.get("/readyz")[0] == 503


def test_peers_are_shown_a_token_of_their_own(folder, token, tmp_path, transport, launch):
    (tmp_path / "for operators").write_text("another token\n")
    publisher = launch(Publishing, folder, "--ruleset-token-file", token)
    options = ("--transport", transport, "--peers", publisher.rulesets)
    shown = ("--operator-token-file", tmp_path / "for operators")
    refused = launch(Following, NOBODY, *options, *shown)
    refused.said(f"publisher {publisher.rulesets}: UNAUTHENTICATED")
    launch(Following, NOBODY, *options, *shown, "--peer-token-file", token).ready()
