"""The chart on a real API server: it takes every object, admits the pods as restricted, and grants what it should."""

from __future__ import annotations

import os
import subprocess
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from tests.chart.helm import CHART, NAMESPACE, VALUES, helm, objects
from tests.cluster.installation import make_namespace
from tests.cluster.rendered import complaint, kubectl

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane

OURS = "flagoperator.dev"
RIGHTS = {"ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
OPERATOR, FLAGD = (f"system:serviceaccount:{NAMESPACE}:{name}" for name in ("flagoperator", "flagd"))
AUTHOR, VIEWER = "author", "viewer"
KINDS = ("flags", "flagsegments", "flagcohorts", "flagdeployments", "flaggroups", "flagrolloutplans")

READ = {(verb, OURS, kind) for verb in ("get", "list", "watch") for kind in KINDS}
WRITE = {(verb, OURS, kind) for verb in ("create", "update", "patch", "delete", "deletecollection") for kind in KINDS}
STATUS = {("patch", OURS, f"{kind}/status") for kind in KINDS}
EVENTS = {("create", "", "events"), ("patch", "", "events")}
REVIEWS = {("create", "authentication.k8s.io", "tokenreviews")}
HOME = {("create", "coordination.k8s.io", "leases"), ("list", "discovery.k8s.io", "endpointslices")}
NEVER = {
    *((verb, "", "secrets") for verb in ("get", "list", "watch", "create", "update", "patch", "delete")),
    *((verb, "", kind) for verb in ("get", "list", "create") for kind in ("pods", "configmaps", "namespaces", "nodes")),
    *((verb, OURS, f"{kind}/status") for verb in ("update", "delete") for kind in KINDS),
    *((verb, "rbac.authorization.k8s.io", "clusterroles") for verb in ("get", "create", "bind", "escalate")),
    ("create", "", "serviceaccounts/token"),
    ("create", "", "pods/exec"),
    ("impersonate", "", "users"),
    ("create", "authorization.k8s.io", "subjectaccessreviews"),
    ("get", "apiextensions.k8s.io", "customresourcedefinitions"),
    ("delete", "coordination.k8s.io", "leases"),
    ("list", "coordination.k8s.io", "leases"),
    ("update", "apps", "deployments"),
}
ALL = READ | WRITE | STATUS | EVENTS | REVIEWS | HOME | NEVER
GRANTED = {
    OPERATOR: READ | STATUS | EVENTS | REVIEWS,
    FLAGD: set(),
    AUTHOR: READ | WRITE,
    VIEWER: READ,
}


def may(plane: ControlPlane, user: str, verb: str, group: str, resource: str, namespace: str) -> bool:
    plural, _, subresource = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": plural, "subresource": subresource, "namespace": namespace}
    review = plane.request(
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        "POST",
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": attributes},
        },
    )
    return bool(review["status"]["allowed"])


@pytest.fixture(scope="module")
def granted(plane: ControlPlane) -> ControlPlane:
    """The rights of the chart; the cluster's aggregated roles, which a controller fills, are bound one by one."""
    make_namespace(plane, NAMESPACE)
    rights = [each for each in objects() if each["kind"] in RIGHTS]
    for user, roles in {AUTHOR: ("view", "edit"), VIEWER: ("view",)}.items():
        rights += [_binding(user, role) for role in roles]
    done = kubectl(plane, rights, "apply", "--server-side", "--force-conflicts")
    assert done.returncode == 0, done.stderr
    return plane


def _binding(user: str, role: str) -> dict[str, Any]:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": f"{user}-{role}", "namespace": "default"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": f"{NAMESPACE}.test-{role}"},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }


@pytest.mark.parametrize("user", GRANTED)
def test_each_may_do_what_it_is_for_and_nothing_else(granted: ControlPlane, user: str):
    found = {each for each in ALL if may(granted, user, *each, "default")}
    assert found == GRANTED[user]


def test_at_home_the_operator_may_hold_its_lease_and_look_for_replicas_too(granted: ControlPlane):
    found = {each for each in ALL if may(granted, OPERATOR, *each, NAMESPACE)}
    assert found == GRANTED[OPERATOR] | HOME


def test_an_author_of_one_namespace_has_no_right_in_another(granted: ControlPlane):
    assert not {each for each in ALL if may(granted, AUTHOR, *each, NAMESPACE)}


@pytest.mark.parametrize("values", [None, *VALUES], ids=lambda path: path.stem if path else "default")
def test_the_api_server_takes_every_object_strictly(plane: ControlPlane, values: Path | None):
    assert not complaint(plane, values)


def test_a_second_installation_takes_nothing_of_the_first(plane: ControlPlane):
    environment = {**os.environ, "KUBECONFIG": str(plane.admin)}

    def run(verb: str, release: str, namespace: str, *words: str | Path) -> None:
        argv = [helm(), verb, release, f"--namespace={namespace}", *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False, env=environment)
        assert done.returncode == 0, done.stderr

    for release, namespace in (("c", "a-b"), ("b-c", "a"), ("123", "456")):
        make_namespace(plane, namespace)
        run("install", release, namespace, CHART, "--set=crds.enabled=false,deletionPolicy.enabled=true")
    for release, namespace in (("c", "a-b"), ("b-c", "a"), ("123", "456")):
        run("uninstall", release, namespace)


@pytest.mark.parametrize("values", [None, *VALUES], ids=lambda path: path.stem if path else "default")
def test_a_restricted_namespace_admits_every_pod(plane: ControlPlane, values: Path | None):
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "restricted", "labels": labels}}
    plane.apply("/api/v1/namespaces/restricted", namespace)
    for each in objects(*([values] if values else [])):
        if each["kind"] in {"Pod", "Deployment"}:
            spec = each["spec"] if each["kind"] == "Pod" else each["spec"]["template"]["spec"]
            _admit(plane, each["metadata"]["name"], spec)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        _admit(plane, "loose", {"containers": [{"name": "loose", "image": "loose:1"}]})


def _admit(plane: ControlPlane, name: str, spec: dict[str, Any]) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
    plane.request("/api/v1/namespaces/restricted/pods?dryRun=All", "POST", pod)


def test_the_deletion_policy_refuses_what_is_used_and_lets_the_rest_go(plane: ControlPlane):
    policy = [
        each for each in objects(deletionPolicy__enabled="true") if each["kind"].startswith("ValidatingAdmissionPolicy")
    ]
    assert kubectl(plane, policy, "apply", "--server-side").returncode == 0
    segments = "/apis/flagoperator.dev/v1alpha1/namespaces/default/flagsegments"
    spec = {"match": [{"attribute": "user.country", "op": "is", "values": ["DE"]}]}
    segment = {"apiVersion": f"{OURS}/v1alpha1", "kind": "FlagSegment", "metadata": {"name": "used"}, "spec": spec}
    try:
        for number in range(200):  # until the policy is in force
            plane.apply(f"{segments}/used", segment)
            used = {"apiVersion": segment["apiVersion"], "kind": "FlagSegment", "status": {"usedByCount": 1}}
            plane.apply(f"{segments}/used/status", used)
            done = kubectl(plane, [{**segment, "metadata": {"name": "used", "namespace": "default"}}], "delete")
            if done.returncode:
                break
            assert number < 199, "the policy never refused"
        assert "used is used by 1 resources (status.usedBy); take it out of them first" in done.stderr
        plane.apply(f"{segments}/used/status", {**used, "status": {"usedByCount": 0}})
        plane.request(f"{segments}/used", "DELETE")
    finally:
        kubectl(plane, policy, "delete")
