"""Who may subscribe: flagds that show a token of a ServiceAccount, which the API server reviews. Over TLS."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
import pytest

from flagd.v1.ruleset_pb2 import Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub
from flagoperator.run.subscribers.reviewer import BURST, PER_SECOND
from tests.cluster.installation import authorize_reviews
from tests.cluster.pki import Pki
from tests.cluster.stage import Stage, flag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.processes import Operator, Replica

AUDIENCE = ["flagoperator"]
SECRET = "secret-launch"
SECONDS = 20


@dataclass(frozen=True)
class Guarded:
    """A stage with an operator that admits the ServiceAccount flagd, and publishes the flag SECRET."""

    stage: Stage
    operator: Operator
    authority: Pki
    folder: Path

    @property
    def plane(self) -> ControlPlane:
        return self.stage.plane

    def token(self, account: str = "flagd", audiences: list[str] = AUDIENCE, **spec: object) -> str:
        return self.plane.token(self.stage.namespace, account, audiences=audiences, **spec)

    def pod(self, name: str) -> dict[str, str]:
        """Make a pod of the account flagd, and return what a token of it is bound to."""
        spec = {"serviceAccountName": "flagd", "containers": [{"name": "flagd", "image": "flagd"}]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
        made = self.plane.request(f"/api/v1/namespaces/{self.stage.namespace}/pods", "POST", pod)
        return {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": made["metadata"]["uid"]}

    def replica(self, name: str, token: str) -> Replica:
        options = ["--operator-ca", str(self.authority.folder / "ca.crt")]
        if token:
            file = self.folder / f"{name}.token"
            file.write_text(f"{token}\n")
            options += ["--operator-token-file", str(file)]
        return self.stage.replica(name, *options, operators=(self.stage.address,))

    def subscribe(self, token: str, name: str) -> grpc.RpcError:
        """Subscribe as anybody could, and return how it ends: without a single message."""
        trusted = grpc.ssl_channel_credentials((self.authority.folder / "ca.crt").read_bytes())
        metadata = [("authorization", f"Bearer {token}")] if token else []
        hello = SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=name))
        with (
            grpc.secure_channel(self.stage.address, trusted) as channel,
            pytest.raises(grpc.RpcError) as ended,
        ):
            next(RulesetServiceStub(channel).Subscribe(iter([hello]), metadata=metadata, timeout=SECONDS))
        return ended.value


@pytest.fixture(scope="module")
def guarded(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("admission")
    authority = Pki(folder / "authority")
    certificate, key = authority.sign("operator", "/CN=flagoperator", "serverAuth", ("IP:127.0.0.1",))
    with Stage(plane, "admission") as stage:
        authorize_reviews(plane)
        plane.token(stage.namespace, "flagd")
        operator = stage.operator(
            *("--subscribers", f"{stage.namespace}/flagd", "--tls-cert", str(certificate), "--tls-key", str(key))
        )
        stage.apply(flag(SECRET))
        stage.wait(SECRET, Ready="True")
        yield Guarded(stage, operator, authority, folder)


def reviewed(guarded: Guarded) -> int:
    """Return how many TokenReviews the API server was sent."""
    return sum(
        entry["objectRef"]["resource"] == "tokenreviews" for entry in guarded.plane.audit() if "objectRef" in entry
    )


def expired(guarded: Guarded) -> str:
    """Return a token that was good an hour ago, with the API server's own signature."""
    header, payload, _ = guarded.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{payload}=="))
    early = {name: claims[name] - 7200 for name in ("iat", "nbf", "exp")}
    text = f"{header}.{_base64(json.dumps(claims | early).encode())}"
    key = guarded.plane.folder / "pki" / "sa.key"
    sign = ["openssl", "dgst", "-sha256", "-sign", str(key)]
    return f"{text}.{_base64(subprocess.run(sign, input=text.encode(), check=True, capture_output=True).stdout)}"


def deleted(guarded: Guarded) -> str:
    """Return a token of an account that is gone, and made anew since."""
    token = guarded.token("short-lived")
    accounts = f"/api/v1/namespaces/{guarded.stage.namespace}/serviceaccounts"
    guarded.plane.request(f"{accounts}/short-lived", "DELETE")
    guarded.token("short-lived")
    return token


def forged(guarded: Guarded) -> str:
    """Return a token whose signature is that of another."""
    (header, payload, _), (*_, signature) = guarded.token().split("."), guarded.token("other").split(".")
    return f"{header}.{payload}.{signature}"


def of_another_pod(guarded: Guarded) -> str:
    return guarded.token(boundObjectRef=guarded.pod("flagd-9"))


def of_a_deleted_pod(guarded: Guarded) -> str:
    token = guarded.token(boundObjectRef=guarded.pod("flagd-8"))
    pod = f"/api/v1/namespaces/{guarded.stage.namespace}/pods/flagd-8?gracePeriodSeconds=0"
    guarded.plane.request(pod, "DELETE")
    return token


def test_a_replica_with_the_token_of_its_pod_is_served(guarded: Guarded):
    replica = guarded.replica("flagd-0", guarded.token(boundObjectRef=guarded.pod("flagd-0")))
    status = guarded.stage.wait(SECRET, Published="True")["status"]
    assert status["published"] == "1/1"
    assert guarded.stage.variant(replica, SECRET) == "on"
    assert guarded.operator.metric("flagoperator_token_reviews_total", result="authenticated") > 0


CASES = {
    "none": (lambda _: "", "UNAUTHENTICATED", "a ServiceAccount token for the audience flagoperator is required"),
    "opaque": (
        lambda _: "letmein",
        "UNAUTHENTICATED",
        "a ServiceAccount token for the audience flagoperator is required",
    ),
    "audience": (
        lambda guarded: guarded.token(audiences=["https://kubernetes.default.svc"]),
        "UNAUTHENTICATED",
        "the ServiceAccount token is not for the audience flagoperator",
    ),
    "expired": (expired, "UNAUTHENTICATED", "the ServiceAccount token has expired"),
    "deleted": (deleted, "UNAUTHENTICATED", "the API server does not accept the ServiceAccount token"),
    "forged": (forged, "UNAUTHENTICATED", "the API server does not accept the ServiceAccount token"),
    "deleted-pod": (of_a_deleted_pod, "UNAUTHENTICATED", "the API server does not accept the ServiceAccount token"),
    "other": (
        lambda guarded: guarded.token("other"),
        "PERMISSION_DENIED",
        "system:serviceaccount:admission:other is not among the operator's --subscribers",
    ),
    "another-pod": (
        of_another_pod,
        "PERMISSION_DENIED",
        "the token is for the pod flagd-9, not for 'another-pod': flagd serve --name must be its pod's",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whoever_lacks_a_good_token_gets_nothing_and_is_told_why(case: str, guarded: Guarded):
    make, code, text = CASES[case]
    token = make(guarded)
    refused = guarded.subscribe(token, case)
    assert refused.code().name == code
    assert text in refused.details()
    assert SECRET not in refused.details()
    replica = guarded.replica(case, token)
    assert text in replica.said(f"publisher {guarded.stage.address}: {code}: ")
    assert replica.get("/readyz")[0] == 503
    assert guarded.stage.answer(replica, SECRET) == ("", "UNAVAILABLE")
    assert case not in guarded.operator.replicas()
    assert SECRET not in str(replica.log)


def test_a_flood_of_forged_tokens_reaches_the_api_server_as_a_trickle(guarded: Guarded):
    guarded.replica("welcome", guarded.token())
    guarded.stage.until(lambda: "welcome" in guarded.operator.replicas())
    header, payload, signature = guarded.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{payload}=="))
    reviews, begun = reviewed(guarded), time.monotonic()
    with ThreadPoolExecutor(8) as callers:
        forgeries = (_base64(json.dumps(claims | {"jti": str(number)}).encode()) for number in range(4 * BURST))
        shown = (f"{header}.{text}.{signature}" for text in forgeries)
        codes = Counter(
            each.code().name for each in callers.map(lambda token: guarded.subscribe(token, "forger"), shown)
        )
    asked, allowed = reviewed(guarded) - reviews, BURST + PER_SECOND * (time.monotonic() - begun)
    assert codes.keys() <= {"UNAUTHENTICATED", "UNAVAILABLE"}
    assert codes["UNAVAILABLE"] >= codes.total() - allowed, "whatever is beyond the trickle is turned away"
    assert BURST / 2 < asked <= allowed
    assert "welcome" in guarded.operator.replicas()


def test_a_token_that_is_renewed_in_its_file_is_shown_at_the_next_attempt(guarded: Guarded):
    replica = guarded.replica("renewed", expired(guarded))
    replica.said("has expired")
    (guarded.folder / "renewed.token").write_text(guarded.token())
    guarded.stage.until(lambda: "renewed" in guarded.operator.replicas())
    assert guarded.stage.variant(replica, SECRET) == "on"


def test_the_operator_says_who_is_refused(guarded: Guarded):
    guarded.subscribe(guarded.token("other"), "stranger")
    said = guarded.stage.until(lambda: [each for each in guarded.operator.log if "is refused" in each["message"]])
    assert said[0]["level"] == "WARNING"
    assert "eyJ" not in str(guarded.operator.log), "a token is in the log"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
