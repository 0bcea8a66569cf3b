"""The dashboard as a pod of the chart, on a real node: over HTTPS, with tokens of people, past the network policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.pki import Pki
from tests.node.installed import OTHERS, SYSTEM
from tests.node.test_values import SOON, secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
HOST = "flagoperator-dashboard.flags.svc"
SET = (
    "--set=dashboard.enabled=true",
    "--set=dashboard.tlsSecretName=dashboard-tls",
    f"--set=dashboard.hosts={{{HOST}}}",
    "--set=tls.operator.secretName=flagoperator-tls",
)


@pytest.fixture(autouse=True, scope="module")
def restored(installed: Installed) -> Iterator[None]:
    yield
    installed.helm("upgrade", SOON)


class Person:
    """Somebody who calls the Service with a token of their own, from the node."""

    def __init__(self, installed: Installed, ca: Path, token: str) -> None:
        self._installed, self._ca, self._token = installed, ca, token

    def get(self, path: str) -> tuple[int, Any]:
        """Return the status and the JSON of a page."""
        address = self._installed.kubectl(
            "get", "service/flagoperator-dashboard", "-ojsonpath={.spec.clusterIP}", namespace=SYSTEM
        )
        told = ("--header", f"Authorization: Bearer {self._token}", "--header", "Accept: application/json")
        where = ("--cacert", str(self._ca), "--resolve", f"{HOST}:443:{address}", f"https://{HOST}{path}")
        words = ("curl", "--silent", "--max-time", "30", "--write-out", "\n%{http_code}", *told, *where)
        body, _, status = self._installed.node.run(*words, check=False).stdout.rpartition("\n")
        return int(status or 0), json.loads(body) if body.startswith("{") else body


def person(installed: Installed, ca: Path, name: str, *verbs: str) -> Person:
    """Make an account that may do `verbs` to the flags of the other project."""
    metadata = {"name": name}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": OTHERS}
    rules = [{"apiGroups": ["flagoperator.dev"], "resources": ["flags"], "verbs": list(verbs)}]
    kinds: list[dict[str, Any]] = [{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}]
    rbac = "rbac.authorization.k8s.io"
    if verbs:
        reference = {"apiGroup": rbac, "kind": "ClusterRole", "name": name}
        kinds += [
            {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules},
            {
                "apiVersion": f"{rbac}/v1",
                "kind": "ClusterRoleBinding",
                "metadata": metadata,
                "roleRef": reference,
                "subjects": [subject],
            },
        ]
    installed.apply(*kinds)
    return Person(installed, ca, installed.kubectl("create", "token", name).strip())


def test_people_read_their_flags_and_which_replica_serves_them(installed: Installed, tmp_path: Path):
    pki = Pki(tmp_path)
    secrets = secret("dashboard-tls", pki, HOST), secret("flagoperator-tls", pki, "flagoperator.flags.svc")
    installed.apply(*secrets, namespace=SYSTEM)
    installed.helm("upgrade", SOON, *SET)
    installed.publish(70)
    ca = pki.folder / "ca.crt"
    looker, stranger = person(installed, ca, "looker", "get", "list", "watch"), person(installed, ca, "stranger")

    def shown() -> list[tuple[bool, str]]:
        status, page = looker.get(f"/flags/{OTHERS}/hello")
        return [(each["current"], each["percent"]) for each in page["replicas"]] if status == 200 else []

    # In the middle of the upgrade there may be one more, or one that nobody shows yet.
    installed.until(
        lambda: shown() == [(True, "70")] * len(installed.addresses("flagd")), lambda: str(looker.get("/health"))
    )
    status, health = looker.get("/health")
    assert status == 200
    assert health["fleet"]["leader"].startswith("flagoperator-")
    assert stranger.get("/flags")[0] == 403
    assert Person(installed, ca, "nonsense").get("/flags")[0] == 401


def test_nobody_reaches_the_pod_whom_the_viewers_do_not_list(installed: Installed):
    address = installed.addresses("dashboard")[0]
    program = "import socket, sys; s = socket.socket(); s.settimeout(3); print(s.connect_ex((sys.argv[1], 8020)))"
    installed.until(lambda: installed.python("deployment/flagd", program, address).strip() != "0")
