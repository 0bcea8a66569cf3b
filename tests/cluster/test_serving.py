"""GET /v1/serving and the pages made of it, on a real API server: which replica serves what, and who is told."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.installation import authorize_serving
from tests.cluster.pki import Pki
from tests.cluster.stage import flag
from tests.cluster.test_chart import kubectl
from tests.cluster.test_dashboard import RBAC, READ, Visit, grant
from tests.ports import free_address
from tests.wire.browser import browsing, window
from tests.wire.dashboard import Dashboard
from tests.wire.process import SECONDS, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.stage import Stage


@pytest.fixture
def address(stage: Stage) -> Iterator[str]:
    """An operator that tells, and two replicas that serve a flag."""
    authorize_serving(stage.plane)
    address = free_address()
    stage.operator("--serving-listen", address)
    stage.replicas()
    stage.apply(flag("checkout", 30))
    stage.wait("checkout", Published="True")
    return address


def everywhere(stage: Stage) -> str:
    """Return the token of an account that may read the flags of all namespaces."""
    token = stage.plane.token(stage.namespace, "everywhere", expirationSeconds=3600)
    metadata = {"name": f"everywhere-{stage.namespace}"}
    rules = [{"apiGroups": ["flagoperator.dev"], "resources": ["flags"], "verbs": READ}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": metadata["name"]}
    subject = {"kind": "ServiceAccount", "name": "everywhere", "namespace": stage.namespace}
    role = {"apiVersion": RBAC, "kind": "ClusterRole", "metadata": metadata, "rules": rules}
    bound = {"apiVersion": RBAC, "kind": "ClusterRoleBinding", "metadata": metadata, "roleRef": reference}
    done = kubectl(stage.plane, [role, {**bound, "subjects": [subject]}], "apply", "--server-side")
    assert done.returncode == 0, done.stderr
    return token


def asked(address: str, query: str = "", token: str = "", **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", f"/v1/serving{query}", headers={**shown, **headers})
    reply = connection.getresponse()
    try:
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def test_who_may_get_the_flags_of_a_namespace_is_told_which_replica_serves_what(stage: Stage, address: str):
    token = grant(stage, "looker", flags=READ)
    status, told = asked(address, f"?namespace={stage.namespace}&flag=checkout", token)
    assert (status, told["namespace"]) == (200, stage.namespace)
    assert told["revision"]
    assert told["publishedAt"]
    rows = {each["name"]: each for each in told["replicas"]}
    assert rows.keys() == {"flagd-0", "flagd-1"}
    for row in rows.values():
        assert (row["revision"], row["current"], row["percent"]) == (told["revision"], True, "30")
        assert row["lagSeconds"] >= 0
    assert asked(address, "", token)[0] == 403
    assert asked(address, "?namespace=somebody-elses", token)[0] == 403


def test_an_admin_is_told_how_all_replicas_stand(stage: Stage, address: str):
    status, told = asked(address, "", everywhere(stage))
    assert status == 200
    assert told["leader"]
    assert told["term"] > 0
    assert [(each["name"], each["behind"], each["refused"]) for each in told["replicas"]] == [
        ("flagd-0", 0, 0),
        ("flagd-1", 0, 0),
    ]


@pytest.mark.parametrize("token", ["", "nonsense", "a b", "x" * 9000])
def test_without_a_token_that_the_api_server_accepts_nothing_is_told(stage: Stage, address: str, token: str):
    status, told = asked(address, f"?namespace={stage.namespace}", token) if len(token) < 8000 else (431, {})
    assert status in {401, 431}
    assert "replicas" not in told


def test_a_token_of_another_audience_or_of_who_may_see_nothing_is_refused(stage: Stage, address: str):
    query = f"?namespace={stage.namespace}"
    grant(stage, "looker", flags=READ)
    assert asked(address, query, stage.plane.token(stage.namespace, "looker", audiences=["flagoperator"]))[0] == 401
    assert asked(address, query, stage.plane.token(stage.namespace, "stranger"))[0] == 403


def test_a_flag_page_has_a_row_for_each_replica_and_a_filter_for_those_that_differ(stage: Stage, address: str):
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    with Dashboard(*options, "--operator", f"http://{address}") as dashboard:
        looker = Visit(dashboard, grant(stage, "looker", flags=READ))
        path = f"/flags/{stage.namespace}/checkout"
        told = eventually(lambda: (found := looker.json(path)).get("replicas") and found)
        assert [(each["name"], each["current"], each["percent"]) for each in told["replicas"]] == [
            ("flagd-0", True, "30"),
            ("flagd-1", True, "30"),
        ]
        assert "flagd-1" in looker.get(path).body
        assert looker.json(f"{path}?replicas=differs")["replicas"] == []
        assert "All 2 serve the newest form" in looker.get(f"{path}?replicas=differs").body
        assert looker.json("/health")["fleet"] is None  # of all namespaces, which this one may not see


def test_health_says_who_leads_and_how_the_replicas_stand(stage: Stage, address: str):
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    with Dashboard(*options, "--operator", f"http://{address}") as dashboard:
        admin = Visit(dashboard, everywhere(stage))
        fleet = eventually(lambda: admin.json("/health")["fleet"])
        assert fleet["leader"]
        assert [each["name"] for each in fleet["replicas"]] == ["flagd-0", "flagd-1"]
        body = admin.get("/health").body
        assert fleet["listedAt"]
        assert "Publish latency" in body
        assert "flagd-0" in body


def test_the_rows_of_replicas_are_accessible_in_a_browser_and_follow_those_that_join(stage: Stage, address: str):
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    token = everywhere(stage)
    with browsing() as browser, Dashboard(*options, "--operator", f"http://{address}") as dashboard:
        eventually(lambda: Visit(dashboard, token).json(f"/flags/{stage.namespace}/checkout").get("replicas"))
        with window(browser, dashboard.url, viewport={"width": 1280, "height": 860}) as seen:
            page = seen.open("/sign-in")
            page.get_by_label("Token").fill(token)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{dashboard.url}/")
            for path in (f"/flags/{stage.namespace}/checkout", "/health"):
                seen.open(path).get_by_role("row", name="flagd-1").wait_for()
                assert seen.violations() == [], path
                seen.keep(f"replicas-{path.count('/')}")
            stage.replica("flagd-2")
            page.get_by_role("row", name="flagd-2").wait_for()


@pytest.mark.usefixtures("address")
def test_where_no_operator_tells_the_pages_show_the_rest(stage: Stage):
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    with Dashboard(*options, "--operator", f"http://{free_address()}") as dashboard:
        looker = Visit(dashboard, grant(stage, "looker", flags=READ))
        page = eventually(lambda: (reply := looker.get(f"/flags/{stage.namespace}/checkout")).status == 200 and reply)
        assert "Ready replicas" in page.body
        assert "Only those that differ" not in page.body


def test_it_is_told_over_https_with_the_certificate_of_the_operator(stage: Stage, tmp_path: Path):
    authorize_serving(stage.plane)
    pki, address = Pki(tmp_path), free_address()
    certificate, key = pki.sign("operator", "/CN=operator", "serverAuth", ("DNS:localhost", "IP:127.0.0.1"))
    stage.operator("--serving-listen", address, "--tls-cert", str(certificate), "--tls-key", str(key))
    told = ("--operator", f"https://{address}", "--operator-ca", pki.folder / "ca.crt")
    with Dashboard("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace, *told) as dashboard:
        visit = Visit(dashboard, everywhere(stage))
        assert eventually(lambda: (fleet := visit.json("/health")["fleet"]) and fleet["leader"])


def test_the_dashboard_sends_no_token_in_plain_text_beyond_this_machine(stage: Stage):
    with pytest.raises(AssertionError, match="tokens are sent there"):
        Dashboard("--sign-in", "--kubeconfig", stage.plane.admin, "--operator", "http://flagoperator.flags.svc:8016")
