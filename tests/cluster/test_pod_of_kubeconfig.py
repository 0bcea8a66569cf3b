"""In a pod its ServiceAccount and namespace count where, and only where, they count for kubectl."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cluster.recorder import Recorder
from tests.cluster.test_kubeconfig import Asker, asker, document, pki, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.pki import Pki

__all__ = ["asker", "pki"]

# In a mount namespace of its own, so that the files are where a kubelet puts them.
ENTER = """
mount -t tmpfs none "$(realpath /var/run)" && mkdir -p /var/run/secrets/kubernetes.io &&
cp -r "$0" /var/run/secrets/kubernetes.io/serviceaccount && exec "$@"
"""


@pytest.fixture
def pod(asker: Asker, pki: Pki) -> Iterator[Asker]:
    """An asker whose ServiceAccount leads to another recorder than its kubeconfigs do, as ``elsewhere`` tells."""
    account = asker.folder / "account"
    account.mkdir()
    (account / "token").write_text("of-the-pod")
    (account / "namespace").write_text("ns-pod")
    shutil.copy(asker.authority, account / "ca.crt")
    enter = ("unshare", "--mount", "sh", "-c", ENTER, str(account))
    if subprocess.run([*enter, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a mount namespace cannot be made here: needs root")
    with Recorder(serving(pki)) as own:
        asker.prefix = enter
        host, _, port = own.url.removeprefix("https://").partition(":")
        asker.environment |= {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        own.asked = asker.recorder.asked  # both note in one place; the token tells which it was
        yield asker


def config(asker: Asker, name: str, **context: str) -> str:
    return str(asker.write(name, **document(asker, {"token": "of-the-file"}, **context)))


@pytest.mark.parametrize(
    ("title", "token", "namespace"),
    [
        ("nothing", "of-the-pod", "ns-pod"),
        ("KUBECONFIG", "of-the-file", "ns-pod"),
        ("KUBECONFIG with a namespace", "of-the-file", "ns-file"),
        ("KUBECONFIG with the namespace default", "of-the-file", "default"),
        ("KUBECONFIG of an absent file", "of-the-pod", "ns-pod"),
        ("KUBECONFIG without a current context", "of-the-pod", "ns-pod"),
        ("a file at home", "of-the-file", "ns-pod"),
        ("POD_NAMESPACE", "of-the-pod", "ns-variable"),
        ("no port", "", ""),
    ],
)
def test_a_pod_is_for_us_what_it_is_for_kubectl(pod: Asker, title: str, token: str, namespace: str):
    match title.split(" ", 1):
        case ["KUBECONFIG"]:
            pod.environment["KUBECONFIG"] = config(pod, "plain")
        case ["KUBECONFIG", "with a namespace"]:
            pod.environment["KUBECONFIG"] = config(pod, "named", namespace="ns-file")
        case ["KUBECONFIG", "with the namespace default"]:
            pod.environment["KUBECONFIG"] = config(pod, "default", namespace="default")
        case ["KUBECONFIG", "of an absent file"]:
            pod.environment["KUBECONFIG"] = str(pod.folder / "absent")
        case ["KUBECONFIG", "without a current context"]:
            without = {**document(pod, {"token": "of-the-file"}), "current-context": ""}
            pod.environment["KUBECONFIG"] = str(pod.write("without", **without))
        case ["a", "file at home"]:
            home = pod.folder / "home" / ".kube"
            home.mkdir(parents=True)
            (home / "config").write_text(json.dumps(document(pod, {"token": "of-the-file"})))
        case ["POD_NAMESPACE"]:
            pod.environment["POD_NAMESPACE"] = namespace
        case ["no", "port"]:
            del pod.environment["KUBERNETES_SERVICE_PORT"]
    asked = pod.kubectl_asks()
    assert pod.we_ask() == asked
    assert (asked[0][2][0][1] if asked else "") == (f"Bearer {token}" if token else "")
    if namespace:
        assert pod.we_say() == pod.kubectl_namespace() == namespace
