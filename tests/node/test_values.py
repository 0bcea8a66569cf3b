"""Every file of values that docs/install.md names, installed on a real node: what it promises holds there."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.chart.helm import CHART
from tests.cluster.pki import Pki
from tests.node.installed import FLAG, OTHERS, SYSTEM
from tests.node.machine import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
CI = CHART / "ci"
SOON = "--set=flagd.minReadySeconds=0"  # nobody calls meanwhile
LABEL = "flagoperator.dev/caller"
KEY = "flagkey_example_web"
WEB = {
    "apiVersion": FLAG["apiVersion"],
    "kind": "FlagDeployment",
    "metadata": {"name": "web"},
    "spec": {"type": "Client", "keyHashes": [f"sha256:{hashlib.sha256(KEY.encode()).hexdigest()}"]},
}


@pytest.fixture(autouse=True, scope="module")
def restored(installed: Installed) -> Iterator[None]:
    yield
    installed.helm("upgrade", SOON)


def upgrade(installed: Installed, name: str, *more: str) -> None:
    installed.helm("upgrade", f"--values={CI / name}", SOON, *more)


def test_with_rights_in_some_namespaces_flags_of_others_are_not_followed(installed: Installed):
    for name in ("ads", "elsewhere"):
        installed.namespace(name)
    upgrade(installed, "namespaces-values.yaml")
    for percent in (50, 100):
        installed.publish(percent)
    installed.hears("STATIC")  # of the default project, which is shop
    installed.apply({**FLAG, "metadata": {"name": "hello", "namespace": "elsewhere"}}, namespace="elsewhere")
    installed.publish(100, description="later than the flag elsewhere")
    installed.hears("unknown project", "--project=elsewhere")


def secret(name: str, pki: Pki, *names: str, ca: bool = True) -> dict[str, Any]:
    certificate, key = pki.sign(name, f"/CN={name}", "serverAuth", tuple(f"DNS:{each}" for each in names))
    files = {"tls.crt": certificate, "tls.key": key} | ({"ca.crt": pki.folder / "ca.crt"} if ca else {})
    data = {file: base64.b64encode(path.read_bytes()).decode() for file, path in files.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "kubernetes.io/tls", "data": data}


def define(installed: Installed, group: str, kind: str) -> None:
    """Apply a CRD of others that takes anything: the kind is known, and nobody acts on it."""
    plural = f"{kind.lower()}s"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = {
        "group": group,
        "scope": "Namespaced",
        "names": {"kind": kind, "plural": plural},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
    }
    metadata = {"name": f"{plural}.{group}"}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": metadata,
        "spec": spec,
    }
    installed.apply(crd)
    installed.kubectl("wait", "--for=condition=Established", "--timeout=240s", f"crd/{plural}.{group}")


@pytest.mark.parametrize("name", ["tls-values.yaml", "cert-manager-values.yaml"])
def test_with_certificates_stream_and_calls_have_tls(installed: Installed, tmp_path: Path, name: str):
    pki = Pki(tmp_path)
    installed.apply(
        secret("flagd-tls", pki, "flagd.flags.svc", "flagd-headless.flags.svc", ca=name == "cert-manager-values.yaml"),
        secret("flagoperator-tls", pki, "flagoperator.flags.svc"),
        namespace=SYSTEM,
    )
    define(installed, "cert-manager.io", "Certificate")  # its Secrets are there already
    upgrade(installed, name)
    for percent in (50, 100):
        installed.publish(percent)
    assert "Succeeded" in installed.node.run("helm", "test", "flags", f"--namespace={SYSTEM}").stdout
    assert "STATIC" not in installed.ask(f"--project={OTHERS}")  # in plain text
    notes = installed.node.run("helm", "get", "notes", "flags", f"--namespace={SYSTEM}").stdout
    assert "plain text" not in notes


def test_tenants_need_a_label_and_a_key(installed: Installed):
    for kind in ("ServiceMonitor", "PrometheusRule"):
        define(installed, "monitoring.coreos.com", kind)
    installed.node.run("kubectl", "label", "namespace", OTHERS, f"{LABEL}-")
    upgrade(installed, "multitenant-values.yaml", f"--set=networkPolicy.apiServer.cidrs={{{ADDRESS}/32}}")
    installed.apply(WEB)
    installed.publish(100, deployments=["web"])
    asked = f"--project={OTHERS}"
    installed.until(lambda: "STATIC" not in installed.ask(asked, f"--key={KEY}"))  # once the node has the policy
    installed.node.run("kubectl", "label", "namespace", OTHERS, f"{LABEL}=true")
    installed.hears("STATIC", asked, f"--key={KEY}")
    installed.hears("a valid deployment key is required", asked)
    assert "Succeeded" in installed.node.run("helm", "test", "flags", f"--namespace={SYSTEM}").stdout
