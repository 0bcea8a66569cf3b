"""The operator may do what the chart's rules say, which is little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.installation import ACCOUNT, SYSTEM, authorize, authorize_reviews

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

FLAGS = "flagoperator.dev"


def may(plane: ControlPlane, verb: str, group: str, resource: str, namespace: str = "default") -> bool:
    """Return whether the operator's account may do `verb` to `resource` (``plural`` or ``plural/subresource``)."""
    plural, _, subresource = resource.partition("/")
    attributes = {"namespace": namespace, "verb": verb, "group": group, "resource": plural, "subresource": subresource}
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
        ("get", "apiextensions.k8s.io", "customresourcedefinitions"),
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
