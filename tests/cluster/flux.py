"""Flux: what it makes of an object by healthCheckExprs, in the CEL of the API server: both use cel-go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from tests.cluster.kstatus import CURRENT, FAILED, IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.cluster.stage import Stage

FOLDER = Path(__file__).parents[2] / "integrations" / "flux"
API = "/apis/admissionregistration.k8s.io/v1"
_ORDER = {"inProgress": IN_PROGRESS, "failed": FAILED, "current": CURRENT}


class Verdicts(NamedTuple):
    """What is made of an object by the plain expressions and by the strict ones."""

    plain: str
    strict: str


def verdicts(stage: Stage, kind: str, names: Iterable[str]) -> dict[str, Verdicts]:
    """Return what Flux makes of the objects `names`. A policy that refuses every change says what its CEL gives."""
    policy, binding = _refusing(stage.namespace, kind)
    stage.plane.request(f"{API}/validatingadmissionpolicies", "POST", policy)
    stage.plane.request(f"{API}/validatingadmissionpolicybindings", "POST", binding)
    try:
        return {name: _ask(stage, kind, name) for name in names}
    finally:
        for path in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            stage.plane.request(f"{API}/{path}/{policy['metadata']['name']}", "DELETE")


def _ask(stage: Stage, kind: str, name: str) -> Verdicts:
    obj = stage.get(kind, name)
    metadata = obj["metadata"]
    if obj["status"].get("observedGeneration", metadata["generation"]) != metadata["generation"]:
        return Verdicts(IN_PROGRESS, IN_PROGRESS)  # before any expression
    patch = ("patch", kind.lower(), name, "--type=merge", "--dry-run=server", "--patch")
    what = '{"metadata": {"annotations": {"asks": "flux"}}}'

    def told() -> list[str]:  # until the policy is in force
        return re.findall(r"verdicts: (\w+) (\w+)", stage.kubectl(*patch, what, fails=None))

    return Verdicts(*stage.until(told)[0])


def _refusing(namespace: str, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    says = " + ' ' + ".join(["'verdicts:'", *(_judgement(kind, name) for name in ("health", "health-strict"))])
    rule = {"apiGroups": ["flagoperator.dev"], "apiVersions": ["*"], "operations": ["UPDATE"]}
    metadata = {"name": namespace}
    policy = {
        "kind": "ValidatingAdmissionPolicy",
        "metadata": metadata,
        "spec": {
            "matchConstraints": {"resourceRules": [rule | {"resources": [f"{kind.lower()}s"]}]},
            "validations": [{"expression": "false", "messageExpression": says}],
        },
    }
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    binding = {
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": metadata,
        "spec": {
            "policyName": namespace,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": selector},
        },
    }
    api = {"apiVersion": "admissionregistration.k8s.io/v1"}
    return api | policy, api | binding


def _judgement(kind: str, file: str) -> str:
    """Return CEL that gives what Flux makes of ``object`` by its three expressions, in its order."""
    listed = yaml.safe_load((FOLDER / f"{file}.yaml").read_text())["spec"]["healthCheckExprs"]
    (found,) = (each for each in listed if each["kind"] == kind)
    # Flux gives an expression the fields of the object as variables.
    cases = [f"[object.status].all(status, {found[name]}) ? '{verdict}' : " for name, verdict in _ORDER.items()]
    return f"({''.join(cases)}'{IN_PROGRESS}')"
