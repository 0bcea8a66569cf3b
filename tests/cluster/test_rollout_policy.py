"""The chart's policy on who may ask for what of a rollout, on a real API server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from tests.cluster.installation import make_namespace
from tests.cluster.stage import flag
from tests.cluster.test_chart import kubectl, objects

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane

RBAC = "rbac.authorization.k8s.io/v1"
WHO = "system:serviceaccount:verbs:author"


def granted(*verbs: str) -> list[dict[str, Any]]:
    rules = [{"apiGroups": ["flagoperator.dev"], "resources": ["flags"], "verbs": list(verbs)}]
    metadata = {"name": "author", "namespace": "verbs"}
    subject = {"kind": "ServiceAccount", "name": "author", "namespace": "verbs"}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "author"}
    return [
        {"apiVersion": RBAC, "kind": "Role", "metadata": metadata, "rules": rules},
        {"apiVersion": RBAC, "kind": "RoleBinding", "metadata": metadata, "roleRef": reference, "subjects": [subject]},
    ]


def asks(plane: ControlPlane, kubeconfig: Path, *words: str) -> str:
    """Have the author ask something; return what is wrong with it."""
    done = subprocess.run(
        [plane.kubectl, "--kubeconfig", kubeconfig, "--namespace", "verbs", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr if done.returncode else ""


def test_only_whom_a_role_allows_the_verb_may_ask_for_it_in_their_own_name(plane: ControlPlane):
    make_namespace(plane, "verbs")
    author = plane.service_account("verbs", "author")
    policy = [
        each for each in objects(rolloutVerbs__enabled="true") if each["kind"].startswith("ValidatingAdmissionPolicy")
    ]
    obj = flag("checkout") | {"metadata": {"name": "checkout", "namespace": "verbs"}}
    kubectl(plane, [*granted("get", "patch"), obj], "apply", "--server-side")
    assert kubectl(plane, policy, "apply", "--server-side").returncode == 0
    annotate = ("annotate", "--overwrite", "flag", "checkout")
    patch = ("patch", "flag", "checkout", "--type=merge", "--patch")
    try:
        for number in range(200):  # until the policy is in force
            says = asks(plane, author, *annotate, f"flagoperator.dev/approve={number}", f"flagoperator.dev/by={WHO}")
            if says:
                break
        assert "may not approve a rollout of checkout" in says
        assert "may not change the spec" in asks(plane, author, *patch, '{"spec": {"active": false}}')
        assert not asks(plane, author, *annotate, "team=payments")
        kubectl(plane, granted("get", "patch", "approve"), "apply", "--server-side")
        assert "by has to name" in asks(
            plane, author, *annotate, "flagoperator.dev/approve=x", "flagoperator.dev/by=ann"
        )
        assert not asks(plane, author, *annotate, "flagoperator.dev/approve=y", f"flagoperator.dev/by={WHO}")
        assert "may not abort" in asks(
            plane, author, *annotate, "flagoperator.dev/abort=y", f"flagoperator.dev/by={WHO}"
        )
    finally:
        kubectl(plane, policy, "delete")
