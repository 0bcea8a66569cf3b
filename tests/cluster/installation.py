"""Installation: what a chart would put into a cluster: the CRDs, and an account with the operator's rights."""

from __future__ import annotations

import time
import urllib.error
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flagd.manifest import crds

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
SYSTEM = "flags-system"
ACCOUNT = "flagoperator"
RULES = Path(__file__).parents[2] / "charts" / "flagoperator" / "files" / "rbac.yaml"
SECONDS = 90


def install(plane: ControlPlane) -> None:
    """Install the CRDs, as committed, and wait until they are served."""
    for crd in crds():
        create(plane, DEFINITIONS, crd)
    names = {crd["spec"]["names"]["plural"] for crd in crds()}
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            served = plane.request("/apis/flagoperator.dev/v1alpha1")["resources"]
            if names <= {one["name"] for one in served}:
                for name in names:
                    plane.request(f"/apis/flagoperator.dev/v1alpha1/{name}?limit=1")
                return
        except urllib.error.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the API server does not serve the custom resources")


def authorize(plane: ControlPlane, namespace: str = SYSTEM) -> Path:
    """Make the operator's account with exactly the chart's rules, its Lease in `namespace`; return its kubeconfig."""
    make_namespace(plane, SYSTEM)
    kubeconfig = plane.service_account(SYSTEM, ACCOUNT)
    rules = yaml.safe_load(RULES.read_text())
    _bind(plane, "ClusterRole", RBAC, rules["cluster"])
    _bind(plane, "ClusterRole", RBAC, rules["definitions"], name=f"{ACCOUNT}-definitions")
    _bind(plane, "Role", f"{RBAC}/namespaces/{namespace}", [*rules["lease"], *rules["evaluation"]])
    return kubeconfig


def authorize_serving(plane: ControlPlane) -> None:
    """Let the operator's account ask who may get flags: the rules that it needs with ``--serving-listen``."""
    rules = yaml.safe_load(RULES.read_text())["serving"]
    _bind(plane, "ClusterRole", RBAC, rules, name=f"{ACCOUNT}-serving")


def authorize_reviews(plane: ControlPlane) -> None:
    """Let the operator's account ask whose a token is: the rules that the chart gives it with ``--subscribers``."""
    rules = yaml.safe_load(RULES.read_text())["subscribers"]
    _bind(plane, "ClusterRole", RBAC, rules, name=f"{ACCOUNT}-subscribers")


def make_namespace(plane: ControlPlane, name: str) -> str:
    """Make a namespace, if need be; return its name."""
    create(plane, "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name


def create(plane: ControlPlane, path: str, obj: dict[str, Any]) -> None:
    """Create `obj`, if it is not there."""
    try:
        plane.request(path, "POST", obj)
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise


def _bind(plane: ControlPlane, kind: str, prefix: str, rules: list[dict[str, Any]], name: str = ACCOUNT) -> None:
    version = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name}}
    create(plane, f"{prefix}/{kind.lower()}s", {**version, "kind": kind, "rules": rules})
    subject = {"kind": "ServiceAccount", "namespace": SYSTEM, "name": ACCOUNT}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
    binding = {**version, "kind": f"{kind}Binding", "roleRef": reference, "subjects": [subject]}
    create(plane, f"{prefix}/{kind.lower()}bindings", binding)
