"""Pod: the ServiceAccount that a kubelet gives to a pod, and the namespace of that pod."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flagoperator.kubeconfig.document import Selection
from flagoperator.kubeconfig.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def is_in_pod(environment: Mapping[str, str], account: Path = ACCOUNT) -> bool:
    """Return whether this process can reach an API server as a pod does."""
    named = environment.get("KUBERNETES_SERVICE_HOST") and environment.get("KUBERNETES_SERVICE_PORT")
    return bool(named) and (account / "token").is_file()


def pod_selection(environment: Mapping[str, str], account: Path = ACCOUNT) -> Selection:
    """Return where the API server is, and who we are, to a pod."""
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment["KUBERNETES_SERVICE_PORT"]
    cluster = {
        "server": f"https://{f'[{host}]' if ':' in host else host}:{port}",
        "certificate-authority": str(account / "ca.crt"),
    }
    title = "the pod's ServiceAccount"
    return Selection(
        Section(title, cluster),
        Section(title, {"tokenFile": str(account / "token")}),
        pod_namespace(environment, account),
    )


def pod_namespace(environment: Mapping[str, str], account: Path = ACCOUNT) -> str:
    """Return the namespace of this pod; empty where this is not a pod."""
    if named := environment.get("POD_NAMESPACE"):
        return named
    try:
        return (account / "namespace").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
