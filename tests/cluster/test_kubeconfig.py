"""A kubeconfig means what it means to kubectl: the real one and ours ask the same server, and are compared."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from flagoperator.cluster.api import Api, ApiError
from flagoperator.kubeconfig import ConnectionSettingsError, find_connection
from tests.cluster.pki import Pki
from tests.cluster.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagoperator.kubeconfig import Connection

ROOT = Path(__file__).parents[2]
PATH = "/api/v1/namespaces/x"
ASK = """
import sys
from pathlib import Path
from tests.cluster.test_kubeconfig import ask

print(ask(Path(sys.argv[1]) if sys.argv[1] else None, sys.argv[2]))
"""


def ask(given: Path | None, context: str) -> str:
    """Ask for `PATH`; return the namespace that counts, or what was wrong."""

    async def get(connection: Connection) -> None:
        async with Api(connection) as api:
            await api.get(PATH)

    try:
        connection = find_connection(given, context or None)
        asyncio.run(get(connection))
    except (ApiError, ConnectionSettingsError) as error:
        return f"Error: {error}"
    return connection.namespace


@dataclass
class Asker:
    """Asks a recorder, as kubectl and as we do, in a folder of its own."""

    kubectl: Path
    folder: Path
    recorder: Recorder
    authority: Path
    environment: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()

    def write(self, name: str = "config", *, text: str = "", **document: Any) -> Path:
        path = self.folder / name
        path.write_text(text or json.dumps({"apiVersion": "v1", "kind": "Config", **document}))
        return path

    def kubectl_asks(self, given: Path | None = None, context: str = "") -> list[Any] | None:
        """Return what kubectl asks; None where it refuses to."""
        self.recorder.asked.clear()
        self._run([self.kubectl, *_options(given, context), "get", "--raw", PATH])
        return list(self.recorder.asked) or None

    def we_ask(self, given: Path | None = None, context: str = "") -> list[Any] | None:
        """Return what we ask; None where we refuse to."""
        self.we_say(given, context)
        return list(self.recorder.asked) or None

    def we_say(self, given: Path | None = None, context: str = "") -> str:
        """Ask; return the namespace that counts, or why we refuse."""
        self.recorder.asked.clear()
        if self.prefix:
            return self._run([sys.executable, "-c", ASK, str(given or ""), context], cwd=ROOT)
        with patch.dict(os.environ, self._environment(), clear=True):
            return ask(given, context)

    def kubectl_namespace(self, given: Path | None = None, context: str = "") -> str:
        """Return the namespace that kubectl takes: it stands in the path of what it asks."""
        self.recorder.asked.clear()
        self._run([self.kubectl, *_options(given, context), "get", "configmaps"])
        found = [re.search(r"/namespaces/([^/]+)/", path) for _, path, _ in self.recorder.asked]
        return next((each[1] for each in found if each), "")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), **self.environment}

    def _run(self, command: list[Any], cwd: Path | None = None) -> str:
        done = subprocess.run(
            [*self.prefix, *command],
            env=self._environment(),
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return (done.stdout + done.stderr).strip()


def _options(given: Path | None, context: str) -> list[str]:
    return [*(["--kubeconfig", str(given)] if given else []), *(["--context", context] if context else [])]


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


def serving(pki: Pki) -> ssl.SSLContext:
    """Return how a server does TLS that asks for client certificates."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(pki.folder / "ca.crt"))
    context.load_cert_chain(pki.folder / "serving.crt", pki.folder / "serving.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@pytest.fixture
def asker(binaries: Path, tmp_path: Path, pki: Pki) -> Iterator[Asker]:
    with Recorder(serving(pki)) as recorder:
        yield Asker(binaries / "kubectl", tmp_path, recorder, pki.folder / "ca.crt")


def document(asker: Asker, user: dict[str, Any], cluster: dict[str, Any] | None = None, **context: Any) -> Any:
    """Return a kubeconfig of one context, which leads to the recorder."""
    there = {"server": asker.recorder.url, "certificate-authority": str(asker.authority), **(cluster or {})}
    return {
        "current-context": "it",
        "clusters": [{"name": "c", "cluster": {name: value for name, value in there.items() if value is not None}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u", **context}}],
    }


TOKEN_FILE = "token.txt"
USERS: dict[str, dict[str, Any]] = {
    "nobody": {},
    "a token": {"token": "abc"},
    "a token file": {"tokenFile": TOKEN_FILE},
    "a token and a token file": {"token": "abc", "tokenFile": TOKEN_FILE},
    "a token file that is absent": {"tokenFile": "absent.txt"},
    "a token and a token file that is absent": {"token": "abc", "tokenFile": "absent.txt"},
    "a password": {"username": "ann", "password": "secret"},
    "a user name alone": {"username": "ann"},
    "a password alone": {"password": "secret"},
    "a token and a password": {"token": "abc", "username": "ann", "password": "secret"},
    "a token file and a password": {"tokenFile": TOKEN_FILE, "username": "ann", "password": "secret"},
    "acting as somebody": {"token": "abc", "as": "bob"},
    "acting as somebody, nobody known": {"as": "bob"},
    "acting as somebody of groups": {"token": "abc", "as": "bob", "as-groups": ["one", "two"]},
    "acting as somebody with a uid": {"token": "abc", "as": "bob", "as-uid": "7"},
    "acting as somebody with more": {
        "token": "abc",
        "as": "bob",
        "as-user-extra": {"example.com/a b%": ["x", "y"], "scopes": ["z"]},
    },
    "acting as groups alone": {"token": "abc", "as-groups": ["one"]},
    "acting with a uid alone": {"token": "abc", "as-uid": "7"},
    "a token that is a number": {"token": 5},
    "groups that are not list": {"token": "abc", "as": "bob", "as-groups": "one"},
    "a plugin": {"exec": "token"},
    "a plugin and a token": {"token": "abc", "exec": "token"},
    "a plugin and a password": {"username": "ann", "password": "secret", "exec": "token"},
    "a plugin that acts as somebody": {"exec": "token", "as": "bob"},
    "a plugin that fails": {"exec": "fails"},
    "a plugin that says nothing": {"exec": "silent"},
    "a plugin that gives nothing": {"exec": "empty"},
    "a plugin without a command": {"exec": "no command"},
    "a plugin of another version": {"exec": "old"},
    "a plugin that needs a terminal": {"exec": "interactive"},
    "a plugin that is relative to the file": {"exec": "relative"},
    "a plugin that is absent": {"exec": "absent"},
    "a plugin that looks at the cluster": {"exec": "cluster"},
    "a plugin with variables and arguments": {"exec": "arguments"},
}
V1 = "client.authentication.k8s.io/v1"


def plugin(folder: Path, kind: str) -> dict[str, Any]:
    """Return the exec section of a plugin."""
    status = {"empty": "{}", "silent": ""}.get(kind, '{"token": "from-plugin"}')
    text = f'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {status}}}' if kind != "silent" else ""
    script = f"#!/bin/sh\necho '{text}'\n"
    if kind == "fails":
        script = "#!/bin/sh\necho broken >&2; exit 1\n"
    if kind == "cluster":
        script = (
            f"#!{sys.executable}\nimport json, os\n"
            "told = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
            "token = json.dumps(told, sort_keys=True).encode().hex()\n"
            f"print(json.dumps({{'apiVersion': '{V1}', 'kind': 'ExecCredential', 'status': {{'token': token}}}}))\n"
        )
    if kind == "arguments":
        script = f"#!/bin/sh\necho '{text}' | sed \"s/from-plugin/$1-$NAME/\"\n"
    path = folder / "plugin"
    path.write_text(script)
    path.chmod(0o755)
    section = {"apiVersion": V1, "command": str(path), "interactiveMode": "Never"}
    changed: dict[str, dict[str, Any]] = {
        "no command": {"command": ""},
        "old": {"apiVersion": "client.authentication.k8s.io/v1alpha1"},
        "interactive": {"interactiveMode": "Always"},
        "relative": {"command": "./plugin"},
        "absent": {"command": "no-such-plugin", "installHint": "Get it there."},
        "cluster": {"provideClusterInfo": True},
        "arguments": {"args": ["one"], "env": [{"name": "NAME", "value": "two"}]},
    }
    return section | changed.get(kind, {})


@pytest.mark.parametrize("title", USERS)
def test_a_user_is_the_same_to_us_as_to_kubectl(asker: Asker, title: str):
    user = dict(USERS[title])
    (asker.folder / TOKEN_FILE).write_text("from-file\n")
    if "exec" in user:
        user["exec"] = plugin(asker.folder, user["exec"])
    file = asker.write(**document(asker, user, {"server": asker.recorder.url + "/prefix/"}))
    asked = asker.kubectl_asks(file)
    assert asker.we_ask(file) == asked
    if asked is None:
        assert asker.we_say(file).startswith("Error: kubeconfig")


PLAIN = ["a token", "a password", "acting as somebody", "a plugin that fails", "acting as groups alone"]


@pytest.mark.parametrize("title", PLAIN)
def test_no_secret_travels_in_plain_text_as_with_kubectl(asker: Asker, title: str):
    user = dict(USERS[title])
    if "exec" in user:
        user["exec"] = plugin(asker.folder, user["exec"])
    with Recorder() as asker.recorder:
        cluster = {"server": asker.recorder.url, "certificate-authority": None}
        file = asker.write(**document(asker, user, cluster))
        asked = asker.kubectl_asks(file)
        assert asker.we_ask(file) == asked


def authority(asker: Asker) -> str:
    return base64.b64encode(asker.authority.read_bytes()).decode()


CLUSTERS: dict[str, Any] = {
    "a file": lambda _: {},
    "data": lambda asker: {"certificate-authority": None, "certificate-authority-data": authority(asker)},
    "both": lambda asker: {"certificate-authority-data": authority(asker)},
    "neither": lambda _: {"certificate-authority": None},
    "unverified": lambda _: {"certificate-authority": None, "insecure-skip-tls-verify": True},
    "unverified and a file": lambda _: {"insecure-skip-tls-verify": True},
    "a file that is absent": lambda _: {"certificate-authority": "absent.crt"},
    "data that is not base64": lambda _: {"certificate-authority": None, "certificate-authority-data": "%%%"},
    "data that is not PEM": lambda _: {"certificate-authority": None, "certificate-authority-data": "YWJj"},
    "another name": lambda _: {"tls-server-name": "kubernetes.default.svc"},
    "a name that is wrong": lambda _: {"tls-server-name": "example.com"},
    "an address that is not in the certificate": lambda asker: {"server": elsewhere(asker)},
    "such an address and a name": lambda asker: {"server": elsewhere(asker), "tls-server-name": "localhost"},
    "a path": lambda asker: {"server": asker.recorder.url + "/k8s/clusters/c-m-1"},
    "a path with a slash": lambda asker: {"server": asker.recorder.url + "/k8s/clusters/c-m-1/"},
    "a path with slashes and escapes": lambda asker: {"server": asker.recorder.url + "//a%2Fb/../c d//e"},
    "a query": lambda asker: {"server": asker.recorder.url + "/k8s?a=b"},
    "a scheme in capitals": lambda asker: {"server": asker.recorder.url.replace("https", "HTTPS")},
    "no scheme": lambda asker: {"server": asker.recorder.url.partition("//")[2]},
    "a blank before it": lambda asker: {"server": " " + asker.recorder.url},
    "no server": lambda _: {"server": ""},
    "a server that is no URL": lambda _: {"server": "ftp://127.0.0.1"},
    "a proxy of a kind that there is not": lambda _: {"proxy-url": "gopher://127.0.0.1:1"},
}


def elsewhere(asker: Asker) -> str:
    return asker.recorder.url.replace("127.0.0.1", "127.0.0.2")


@pytest.mark.parametrize("title", CLUSTERS)
def test_a_cluster_is_the_same_to_us_as_to_kubectl(asker: Asker, title: str):
    file = asker.write(**document(asker, {"token": "abc"}, CLUSTERS[title](asker)))
    asked = asker.kubectl_asks(file)
    assert asker.we_ask(file) == asked
    if asked is None:
        assert asker.we_say(file).startswith("Error: ")


def test_a_client_certificate_is_shown_as_kubectl_shows_it(asker: Asker, pki: Pki):
    chain, key = pki.sign("ann", "/O=people/CN=ann", "clientAuth")
    users = [
        {"client-certificate": str(chain), "client-key": str(key)},
        {
            "client-certificate-data": base64.b64encode(chain.read_bytes()).decode(),
            "client-key-data": base64.b64encode(key.read_bytes()).decode(),
        },
        {"client-certificate": str(chain), "client-key": str(key), "token": "abc"},
    ]
    for user in users:
        file = asker.write(**document(asker, user))
        asked, shown = asker.kubectl_asks(file), asker.recorder.subjects[-1]
        assert asker.we_ask(file) == asked
        assert asker.recorder.subjects[-1] == shown
        assert "ann" in shown


def files(asker: Asker) -> None:
    """Write several kubeconfigs; the tokens tell which counts."""
    for name, token in (("first", "one"), ("second", "two")):
        both = document(asker, {"token": token}, namespace=f"ns-{name}")
        both["contexts"].append({"name": name, "context": {"cluster": "c", "user": "u"}})
        asker.write(name, **both)
    user = {"users": [{"name": "elsewhere", "user": {"token": "three"}}]}
    asker.write("user", **user)
    cluster = document(asker, {})["clusters"]
    context = {"name": "it", "context": {"cluster": "c", "user": "elsewhere"}}
    asker.write("context", **{"current-context": "it", "clusters": cluster, "contexts": [context]})
    asker.write("no-current", **{**document(asker, {"token": "four"}), "current-context": ""})
    asker.write("wrong-current", **{**document(asker, {"token": "five"}), "current-context": "absent"})
    dangling = {"name": "it", "context": {"cluster": "c", "user": "absent"}}
    asker.write("no-user", **{**document(asker, {}), "contexts": [dangling]})
    asker.write("empty", text="# nothing\n")
    home = asker.folder / "home" / ".kube"
    home.mkdir(parents=True)
    (asker.folder / "no-current").rename(asker.folder / "none")
    (home / "config").write_text(json.dumps(document(asker, {"token": "home"}, namespace="ns-home")))


CHOICES = {
    "one file": ("first", ""),
    "two files: the first counts": ("first:second", ""),
    "in the other order": ("second:first", ""),
    "a file that is absent": ("absent:second", ""),
    "an entry that is empty": (":second:", ""),
    "a file that is empty": ("empty:second", ""),
    "cluster and user in two files": ("context:user", ""),
    "in the other order, too": ("user:context", ""),
    "another context": ("first", "second"),
    "a context of the second file": ("first:second", "second"),
    "a context that is absent": ("first", "third"),
    "no current context": ("none", ""),
    "no current context, and one is named": ("none", "it"),
    "no current context in the first": ("none:second", ""),
    "a current context that is absent": ("wrong-current", ""),
    "a user that is absent": ("no-user", ""),
    "KUBECONFIG that is empty": ("", ""),
    "KUBECONFIG of files that are absent": ("absent", ""),
}


@pytest.mark.parametrize("title", CHOICES)
def test_files_and_contexts_are_chosen_as_kubectl_chooses_them(asker: Asker, title: str):
    files(asker)
    named, context = CHOICES[title]
    asker.environment["KUBECONFIG"] = ":".join(each and str(asker.folder / each) for each in named.split(":"))
    asked = asker.kubectl_asks(context=context)
    assert asker.we_ask(context=context) == asked
    if asked is not None:
        assert asker.we_say(context=context) == asker.kubectl_namespace(context=context)


def test_the_file_that_is_given_counts_alone(asker: Asker):
    files(asker)
    asker.environment["KUBECONFIG"] = str(asker.folder / "second")
    given = asker.folder / "first"
    asked = asker.kubectl_asks(given)
    assert asked is not None
    assert asker.we_ask(given) == asked
    assert asker.we_ask(asker.folder / "absent") == asker.kubectl_asks(asker.folder / "absent")


def test_the_file_at_home_counts_where_no_other_is_named(asker: Asker):
    files(asker)
    asked = asker.kubectl_asks()
    assert asked is not None
    assert asker.we_ask() == asked
    assert asker.we_say() == asker.kubectl_namespace() == "ns-home"
