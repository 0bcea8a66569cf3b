"""`--server` against a flagd that runs as users run it."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cluster.pki import Pki
from tests.docs.page import ROOT
from tests.unit.flagctl.conftest import PROGRAM
from tests.unit.flagctl.manifest import flag
from tests.wire.conftest import running
from tests.wire.process import Flagd, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]

EXAMPLES = ROOT / "examples"
ANN = '{"user_id": "ann"}'
USERS = [
    "{}",
    ANN,
    '{"user_id": "eve", "country": "DE", "user_properties": {"plan": "pro", "seats": 42, "ratio": 0.5}}',
    '{"user_id": "zoe", "groups": {"company": {"name": "globex", "properties": {"size": 10}}}}',
    '{"user_id": "bob", "groups": {"company": ["umbrella"]}, "cohort_ids": ["beta-users"], "city": "Rome"}',
]


@pytest.fixture(scope="module")
def server() -> Iterator[Flagd]:
    with running(EXAMPLES) as process:
        yield process


@pytest.mark.parametrize("user", USERS)
def test_a_server_and_its_manifests_give_the_same_answers(user: str, server: Flagd, run: Run) -> None:
    here = run("eval", EXAMPLES, "--user", user, "--output", "json")
    there = run("eval", "--server", server.listen, "--user", user, "--output", "json")
    assert (here.exit_code, there.exit_code) == (0, 0), there.stderr
    assert json.loads(here.stdout) == json.loads(there.stdout)


@pytest.mark.parametrize("user", USERS)
def test_a_server_and_its_manifests_give_the_same_reasons(user: str, server: Flagd, run: Run) -> None:
    here = run("explain", EXAMPLES, "--user", user)
    there = run("explain", "--server", server.listen, "--user", user)
    assert (here.exit_code, there.exit_code) == (0, 0), there.stderr
    assert here.stdout == there.stdout


@pytest.mark.parametrize("user", USERS)
def test_the_reasons_are_the_same_as_json(user: str, server: Flagd, run: Run) -> None:
    here = json.loads(run("explain", EXAMPLES, "--user", user, "--output", "json").stdout)
    there = json.loads(run("explain", "--server", server.listen, "--user", user, "--output", "json").stdout)
    assert here == there
    assert here[0]["segments"]


@pytest.mark.parametrize("command", ["eval", "explain"])
def test_a_flag_that_the_server_does_not_know_exits_1(command: str, server: Flagd, run: Run) -> None:
    result = run(command, "--server", server.listen, "--flag", "nope", "--user", ANN)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: nope: unknown flag\n")
    assert ("kubectl describe flag" in result.stderr) is (command == "explain")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--project", "nope"], 1, "unknown project"),
        (["--key", "nope"], 3, "show a deployment key with --key or FLAGSERVICE_KEY"),
        (["--user", json.dumps({"user_id": "x" * 5000})], 1, "user.user_id: longer than 4096 bytes"),
    ],
)
def test_what_the_server_refuses_is_told(options: list[str], code: int, message: str, server: Flagd, run: Run) -> None:
    result = run("eval", "--server", server.listen, "--user", ANN, *options)
    assert result.exit_code == code
    assert server.listen in result.stderr
    assert message in result.stderr


def test_a_server_that_does_not_know_which_project_is_no_wrong_use(run: Run, write: Write) -> None:
    path = write("flags/a.yaml", [flag("a", namespace="shop"), flag("a", namespace="billing")])
    with running(path.parent, "--transport", "grpcio") as process:
        for command in ("eval", "explain"):
            result = run(command, "--server", process.listen, "--user", ANN)
            assert result.exit_code == 1
            said = "project: required; name it in the call, or start flagd with --default-project"
            assert result.stderr == f"Error: {process.listen}: {said}\n"


def test_a_server_without_any_project_was_reached(run: Run, tmp_path: Path) -> None:
    process = Flagd(tmp_path, "--transport", "grpcio")
    try:
        process.said("no flags in")
        result = run("eval", "--server", process.listen, "--user", ANN)
    finally:
        process.stop()
    assert (result.exit_code, result.stderr) == (3, f"Error: {process.listen}: this server serves no project\n")


def test_the_key_can_come_from_the_environment(server: Flagd, run: Run) -> None:
    result = run(
        "eval", "--server", server.listen, "--user", ANN, "--output", "json", FLAGSERVICE_KEY="flagkey_example_web"
    )
    assert list(json.loads(result.stdout)["variants"]) == ["web-banner"]


def test_a_client_key_may_not_explain(server: Flagd, run: Run) -> None:
    result = run(
        "explain", "--server", server.listen, "--user", ANN, "--flag", "web-banner", "--key", "flagkey_example_web"
    )
    assert result.exit_code == 3
    assert "PERMISSION_DENIED" in result.stderr


def test_a_server_that_is_not_there_exits_3(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = run("eval", "--server", address, "--user", ANN)
    assert result.exit_code == 3
    assert result.stderr.startswith(f"Error: {address} cannot be reached: ")


def test_a_server_that_never_answers_exits_3_after_the_timeout(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        result = run("eval", "--server", address, "--user", ANN, "--timeout", "0.2")
    assert result.exit_code == 3
    assert result.stderr == f"Error: {address}: no answer within 0.2 s\n"


def test_ctrl_c_while_a_server_is_silent_ends_quietly_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            [PROGRAM, "eval", "--server", address, "--user", ANN, "--timeout", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        caller, _ = silent.accept()
        with caller:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.strip() == err.strip() == ""


def test_an_http_port_is_said_to_be_no_evaluation_service(server: Flagd, run: Run) -> None:
    result = run("eval", "--server", server.management, "--user", ANN, "--timeout", "10")
    assert result.exit_code == 3
    assert server.management in result.stderr


def test_tls_with_client_certificates(run: Run, write: Write, tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    cert, key = pki.sign("client", "/CN=me", "clientAuth")
    served = write("flags/a.yaml", flag("checkout")).parent
    options = ("--tls-cert", pki.folder / "serving.crt", "--tls-key", pki.folder / "serving.key")
    with running(served, "--transport", "grpcio", *options, "--tls-client-ca", pki.folder / "ca.crt") as process:
        ask = ("eval", "--server", process.listen, "--user", ANN, "--tls-ca", pki.folder / "ca.crt")
        assert "checkout" in run(*ask, "--tls-cert", cert, "--tls-key", key).stdout
        assert run(*ask).exit_code == 3
        assert run(*ask[:5]).exit_code == 3


def test_stale_lists_flags_that_the_server_was_never_asked_for(run: Run, write: Write) -> None:
    path = write(
        "flags/a.yaml", [flag("asked", allOtherUsers={"percent": 50}), flag("idle", allOtherUsers={"percent": 50})]
    )
    with running(path.parent, "--transport", "grpcio") as process:
        run("eval", "--server", process.listen, "--flag", "asked", "--user", ANN)
        result = run("stale", path, "--metrics", process.management, "--output", "json")
    assert [(stale["flag"], stale["reason"]) for stale in json.loads(result.stdout)] == [("idle", "NeverAsked")]


@pytest.mark.parametrize("command", ["eval", "explain"])
def test_an_answer_that_may_be_out_of_date_says_so(command: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "flags"
    shutil.copytree(EXAMPLES, folder)
    with running(folder) as process:
        shutil.rmtree(folder)
        eventually(lambda: '"stale":true' in process.get("/readyz")[1].replace(" ", ""))
        result = run(command, "--server", process.listen, "--flag", "new-checkout", "--user", ANN)
    assert "may be out of date" in result.stderr
