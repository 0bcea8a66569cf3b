"""OpenFeature's own providers for flagd, unmodified: every type, zeros, errors, defaults, news, and a restart."""

import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_address
from tests.wire.clients import environment
from tests.wire.clients.provider import Provider
from tests.wire.conftest import running
from tests.wire.process import eventually
from tests.wire.shop import SHOP, WEB_KEY

FOLDER = Path(environment.__file__).parent
CASES = json.loads((FOLDER / "cases.json").read_text())


@dataclass(frozen=True)
class Client:
    """What is particular to one provider.

    Attributes:
        command: gives the command that runs it, or skips the test.
        speaks: version of the protocol; the first has no word for the caller's own default but FLAG_NOT_FOUND.
        connect: whether it speaks Connect, which the transport grpcio does not.
        cannot: flags of the table that it has no means to ask for, or to show.
        hears: whether it listens to news; otherwise it asks every time.
        mismatch: its name for INVALID_ARGUMENT.
        key: whether it has an option by which it shows a deployment key.
    """

    command: object
    speaks: int = 2
    connect: bool = False
    cannot: tuple = ()
    hears: bool = True
    mismatch: str = "TYPE_MISMATCH"
    key: bool = False


def _node(script):
    return environment.node(), environment.NODE_FOLDER / script


EVERY_NUMBER_IS_A_DOUBLE = ("pi-not-integer",)
INTEGERS_HAVE_32_BITS = ("largest",)
NO_NESTED_OBJECTS = ("by-company", "layout")
CLIENTS = {
    "python": Client(lambda: (environment.python(), environment.PYTHON_FOLDER / "flagd_repl.py"), key=True),
    "node": Client(lambda: _node("flagd_repl.mjs"), cannot=EVERY_NUMBER_IS_A_DOUBLE),
    "web": Client(lambda: _node("flagd_web_repl.mjs"), 1, True, EVERY_NUMBER_IS_A_DOUBLE, key=True),
    "go": Client(environment.go, connect=True),
    "java": Client(environment.java, speaks=1, cannot=INTEGERS_HAVE_32_BITS, key=True),
    "rust": Client(environment.rust, 1, cannot=NO_NESTED_OBJECTS, hears=False, mismatch="INVALID_CONTEXT"),
}
COMPILED = {"go", "java", "rust"}


def _parameters(names):
    return [pytest.param(name, marks=[pytest.mark.compiled] if name in COMPILED else []) for name in names]


@pytest.fixture(params=_parameters(CLIENTS))
def client(request, transport):
    client = CLIENTS[request.param]
    if client.connect and transport == "grpcio":
        pytest.skip("this provider speaks Connect, and the transport grpcio speaks gRPC only")
    return client


@pytest.fixture
def connect(client):
    """Start the provider: ``connect(process, key)``; it is closed after the test."""
    command = client.command()
    with ExitStack() as providers:
        yield lambda process, *keys: providers.enter_context(_connected((*command, *keys), process))


@contextmanager
def _connected(command, process):
    provider = Provider(command, process.listen)
    try:
        provider.heard("ready")
        yield provider
    finally:
        provider.stop()


@pytest.fixture(scope="module")
def flags(tmp_path_factory, transport):
    folder = tmp_path_factory.mktemp("flags")
    (folder / "flags.yaml").write_text((FOLDER / "flags.yaml").read_text())
    with running(folder, "--transport", transport) as process:
        yield process


def _expected(case, client):
    if case.get("error") == "TYPE_MISMATCH":
        return case["default"], None, client.mismatch
    if "error" in case:
        return case["default"], None, case["error"]
    value, variant, reason = case["expect"]
    if variant is None and client.speaks == 1:
        return value, None, "FLAG_NOT_FOUND"
    return value, variant, reason


def _found(answer):
    return answer["value"], answer.get("variant") or None, answer.get("error") or answer["reason"]


def test_every_case_is_answered_as_the_table_says(client, connect, flags):
    provider = connect(flags)
    cases = [case for case in CASES if case["flag"] not in client.cannot]
    found = {json.dumps(case): _found(provider.ask(case)) for case in cases}
    assert found == {json.dumps(case): _expected(case, client) for case in cases}


@pytest.mark.parametrize("client", _parameters(name for name in CLIENTS if CLIENTS[name].key), indirect=True)
def test_a_provider_with_an_option_that_sends_headers_shows_a_deployment_key(client, connect, start, tmp_path):  # noqa: ARG001
    (tmp_path / "shop.yaml").write_text(SHOP)
    provider = connect(start(tmp_path, "--deployment-keys", "required"), WEB_KEY)
    question = {"type": "object", "default": {}, "context": {"targetingKey": "ann", "plan": "pro"}}
    assert provider.ask({**question, "flag": "checkout"})["value"] == {"columns": 2}
    assert provider.ask({**question, "flag": "secret"})["error"] == "FLAG_NOT_FOUND"


def test_the_metadata_of_a_flag_and_its_project_come_along(flags):
    with _connected(_node("flagd_repl.mjs"), flags) as provider:
        metadata = provider.ask({"flag": "switch", "type": "boolean", "default": False})["metadata"]
    assert {"team": "payments", "flagSetId": "default"}.items() <= metadata.items()


def _flag(value):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: news}}
spec: {{active: true, variants: [{{key: a, payload: {value}}}], allOtherUsers: {{percent: 100}}}}
"""


QUESTION = {"flag": "news", "type": "string", "default": "none", "context": {}}


def test_what_a_provider_keeps_is_renewed_by_news_and_by_a_restart(client, connect, start, tmp_path):
    (tmp_path / "news.yaml").write_text(_flag("first"))
    options = ("--listen", free_address())
    process = start(tmp_path, *options)
    provider = connect(process)
    if client.hears:
        provider.heard("changed", "news")
    assert _found(provider.ask(QUESTION)) == ("first", "a", "STATIC")
    (tmp_path / "news.yaml").write_text(_flag("second"))
    if client.hears:
        provider.heard("changed", "news")
    assert eventually(lambda: provider.ask(QUESTION)["value"] == "second")
    process.stop()
    (tmp_path / "news.yaml").write_text(_flag("third"))
    start(tmp_path, *options)
    assert eventually(lambda: provider.ask(QUESTION)["value"] == "third")
    (tmp_path / "news.yaml").write_text(_flag("fourth"))
    assert eventually(lambda: provider.ask(QUESTION)["value"] == "fourth")
