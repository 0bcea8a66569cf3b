"""Who may subscribe to rulesets, on a real node: flagd and other operators by the token that kubelet gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.node.installed import SYSTEM, pod

if TYPE_CHECKING:
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
POD = "subscriber"
SUBSCRIBE = (Path(__file__).parent / "subscribe.py").read_text()


def subscriber(account: str, audience: str | None, name: str) -> dict[str, Any]:
    """Return a pod that the network policies take for flagd, with the token of an account, and a name that it gives."""
    made = pod(POD, "flagctl", "/usr/bin/python3", "-c", SUBSCRIBE, name)
    made["metadata"]["labels"] = {"app.kubernetes.io/instance": "flags", "app.kubernetes.io/component": "flagd"}
    made["spec"]["serviceAccountName"] = account
    if audience:
        token = {"serviceAccountToken": {"path": "token", "audience": audience, "expirationSeconds": 600}}
        made["spec"]["volumes"] = [{"name": "identity", "projected": {"sources": [token]}}]
        made["spec"]["containers"][0]["volumeMounts"] = [{"name": "identity", "mountPath": "/identity"}]
    return made


@pytest.mark.parametrize(
    ("account", "audience", "name", "outcome"),
    [
        ("flagd", "flagoperator", POD, "told"),
        ("flagd", "flagoperator", "another", "PERMISSION_DENIED"),
        ("flagd", "https://kubernetes.default.svc", POD, "UNAUTHENTICATED"),
        ("flagd", None, POD, "UNAUTHENTICATED"),
        ("default", "flagoperator", POD, "PERMISSION_DENIED"),
        ("flagoperator", "flagoperator", POD, "told"),
    ],
    ids=["flagd", "name of another pod", "token for the API server", "no token", "another account", "the operator's"],
)
def test_only_flagd_and_operators_with_a_token_for_the_operator_get_rulesets(
    installed: Installed, account: str, audience: str | None, name: str, outcome: str
):
    log = installed.outcome(subscriber(account, audience, name), SYSTEM)
    assert log.startswith(outcome), log
