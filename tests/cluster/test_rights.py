"""The operator may do what the chart's rules say, which is little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.manifest import crds
from tests.cluster.installation import ACCOUNT, RBAC, SYSTEM, authorize, authorize_reviews
from tests.cluster.stage import flag
from tests.cluster.traffic import Traffic

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.stage import Stage

FLAGS = "flagoperator.dev"
DEFINITIONS = "apiextensions.k8s.io"


def may(plane: ControlPlane, verb: str, group: str, resource: str, name: str = "") -> bool:
    """Return whether the operator's account may do `verb` to `resource` (``plural`` or ``plural/subresource``)."""
    plural, _, subresource = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": plural, "subresource": subresource, "name": name}
    attributes |= {} if group == DEFINITIONS else {"namespace": "default"}
    account = f"system:serviceaccount:{SYSTEM}:{ACCOUNT}"
    review = plane.request(
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        "POST",
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": account, "resourceAttributes": attributes},
        },
    )
    return bool(review["status"]["allowed"])


@pytest.fixture(autouse=True)
def account(plane: ControlPlane) -> None:
    authorize(plane)


@pytest.mark.parametrize(
    ("verb", "group", "resource"),
    [
        ("list", FLAGS, "flags"),
        ("watch", FLAGS, "flagsegments"),
        ("patch", FLAGS, "flags/status"),
        ("create", "", "events"),
        ("patch", "", "events"),
    ],
)
def test_it_may_read_flags_and_write_their_status(plane: ControlPlane, verb: str, group: str, resource: str):
    assert may(plane, verb, group, resource)


@pytest.mark.parametrize(
    ("verb", "group", "resource"),
    [
        ("get", "", "secrets"),
        ("list", "", "secrets"),
        ("list", "", "pods"),
        ("list", "", "namespaces"),
        ("create", FLAGS, "flags"),
        ("update", FLAGS, "flags"),
        ("patch", FLAGS, "flags"),
        ("delete", FLAGS, "flags"),
        ("update", FLAGS, "flags/finalizers"),
        ("get", DEFINITIONS, "customresourcedefinitions"),
        ("list", DEFINITIONS, "customresourcedefinitions"),
        ("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
        ("update", "coordination.k8s.io", "leases"),
        ("list", "discovery.k8s.io", "endpointslices"),
        ("create", "", "serviceaccounts/token"),
        ("create", "authorization.k8s.io", "subjectaccessreviews"),
    ],
)
def test_it_may_not(plane: ControlPlane, verb: str, group: str, resource: str):
    assert not may(plane, verb, group, resource)


def test_it_may_ask_whose_a_token_is_where_it_is_to_admit_by_tokens(plane: ControlPlane):
    authorize_reviews(plane)
    assert may(plane, "create", "authentication.k8s.io", "tokenreviews")


def test_it_may_read_its_own_definitions_and_no_others(plane: ControlPlane):
    assert may(plane, "get", DEFINITIONS, "customresourcedefinitions", "flags.flagoperator.dev")
    assert not may(plane, "patch", DEFINITIONS, "customresourcedefinitions", "flags.flagoperator.dev")
    assert not may(plane, "get", DEFINITIONS, "customresourcedefinitions", "certificates.cert-manager.io")


def test_every_definition_is_named_in_the_rules(plane: ControlPlane):
    for crd in crds():
        assert may(plane, "get", DEFINITIONS, "customresourcedefinitions", crd["metadata"]["name"])


def test_flags_are_served_while_the_operator_may_read_nothing(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    names = [f"f{number}" for number in range(12)]
    stage.apply(*map(flag, names))
    for name in names:
        stage.wait(name, Published="True")
    stage.plane.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}", "DELETE")
    try:
        operator.said("listing failed: .*forbidden")
        stage.until(lambda: operator.get("/readyz")[0] == 503)
        assert {stage.variant(replica, name) for name in names} == {"on"}
        assert operator.state()["held"] == []
        stage.apply(flag("f0", 0))
        stage.delete("Flag", "f1")
    finally:
        authorize(stage.plane, stage.namespace)
    stage.until(lambda: operator.get("/readyz")[0] == 200)
    stage.wait("f0", Published="True")
    assert stage.variant(replica, "f0") == "off"
    stage.until(lambda: stage.answer(replica, "f1")[0] == "")
    assert stage.variant(replica, "f2") == "on"
    assert operator.get("/healthz")[0] == 200


@pytest.mark.long
def test_answers_are_right_while_rights_come_and_go_under_a_writer(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    replicas = stage.replicas()

    def stale() -> set[float | None]:
        return {each.metric("flagd_ruleset_stale", project=stage.namespace) for each in replicas.values()}

    with Traffic(stage, replicas) as traffic:
        traffic.flow(10)
        stage.plane.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}", "DELETE")
        try:
            stage.until(lambda: operator.get("/readyz")[0] == 503)
            # Within two heartbeats.
            stage.until(lambda: stale() == {1})
            traffic.flow(10)
        finally:
            authorize(stage.plane, stage.namespace)
        stage.until(lambda: operator.get("/readyz")[0] == 200 and operator.state()["leading"])
        stage.until(lambda: stale() == {0})
        traffic.flow(10)
    assert operator.get("/healthz")[0] == 200
