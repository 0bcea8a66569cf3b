"""The operator stays who it is while what shows that is renewed, slow, or away."""

from __future__ import annotations

import json
import ssl
import sys
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.cluster.stage import flag

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage


def kubeconfig(stage: Stage, folder: Path, user: dict[str, Any]) -> Path:
    """Return a kubeconfig for the API server of `stage`, with another user."""
    document = json.loads(stage.kubeconfig.read_text())
    document["users"][0]["user"] = user
    path = folder / "kubeconfig"
    path.write_text(json.dumps(document))
    return path


def start(stage: Stage, file: Path) -> Operator:
    stage.kubeconfig = file
    return stage.operator("--relist-interval", "1")


def listers(stage: Stage) -> set[str]:
    """Return who listed flags in the namespace of `stage`."""
    path = f"/namespaces/{stage.namespace}/flags"
    return {each["user"]["username"] for each in stage.plane.audit() if path in each["requestURI"]}


def test_who_lists_is_known_though_some_were_turned_away(stage: Stage):
    url = f"{stage.plane.url}/apis/flagoperator.dev/v1alpha1/namespaces/{stage.namespace}/flags"
    wrong = Request(url, headers={"Authorization": "Bearer wrong"})
    trust = ssl.create_default_context(cafile=stage.plane.serving[0].with_name("ca.crt"))
    with pytest.raises(HTTPError, match="401"):
        urlopen(wrong, context=trust, timeout=30)
    stage.plane.request(url.removeprefix(stage.plane.url))
    stage.until(lambda: listers(stage) == {"", "admin"})


def test_a_client_certificate_that_is_replaced_on_disk_is_shown(stage: Stage, tmp_path: Path):
    pki = stage.plane._pki
    names = [f"{which}-{stage.namespace[:20]}" for which in ("first", "second")]
    pairs = [pki.sign(name, f"/O=system:masters/CN={name}", "clientAuth") for name in names]
    chain, key = tmp_path / "tls.crt", tmp_path / "tls.key"

    def put(number: int) -> None:
        chain.write_bytes(pairs[number][0].read_bytes())
        key.write_bytes(pairs[number][1].read_bytes())

    put(0)
    operator = start(stage, kubeconfig(stage, tmp_path, {"client-certificate": str(chain), "client-key": str(key)}))
    stage.until(lambda: operator.state()["leading"])
    assert listers(stage) >= {names[0]}
    put(1)
    stage.until(lambda: names[1] in listers(stage))
    stage.until(lambda: operator.get("/readyz")[0] == 200)


def test_a_plugin_that_fails_while_its_token_ends_makes_nobody_anonymous(stage: Stage, tmp_path: Path):
    token, broken, runs = tmp_path / "token", tmp_path / "broken", tmp_path / "runs"
    plugin = tmp_path / "plugin"
    plugin.write_text(
        f"#!{sys.executable}\n"
        "import json, pathlib, sys, time\n"
        f"pathlib.Path({str(runs)!r}).open('a').write('run\\n')\n"
        "time.sleep(1)\n"  # slow, as real ones are
        f"if pathlib.Path({str(broken)!r}).exists(): sys.exit('the cloud is away')\n"
        f"token = pathlib.Path({str(token)!r}).read_text()\n"
        "version = 'client.authentication.k8s.io/v1'\n"
        "print(json.dumps({'apiVersion': version, 'kind': 'ExecCredential', 'status': {'token': token}}))\n"
    )
    plugin.chmod(0o755)
    account = f"/api/v1/namespaces/flags-system/serviceaccounts/{stage.namespace[:50]}"
    name = account.rpartition("/")[2]
    token.write_text(stage.plane.token("flags-system", name))
    binding: dict[str, Any] = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    binding |= {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}}
    binding |= {"subjects": [{"kind": "ServiceAccount", "namespace": "flags-system", "name": name}]}
    bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    stage.plane.request(
        bindings,
        "POST",
        {"kind": "ClusterRoleBinding", "metadata": {"name": name}, **binding},
    )
    section = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": "Never"}
    operator = start(stage, kubeconfig(stage, tmp_path, {"exec": section}))
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    assert runs.read_text().count("run") == 1, "what it said is kept"
    broken.touch()
    stage.plane.request(account, "DELETE")
    operator.said("the cloud is away")
    token.write_text(stage.plane.token("flags-system", name))
    broken.unlink()
    stage.until(lambda: operator.get("/readyz")[0] == 200 and operator.state()["leading"])
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Published="True")
    assert stage.variant(replica, "checkout") == "off"
    assert not {each for each in listers(stage) if "anonymous" in each}
    assert operator.get("/healthz")[0] == 200
