"""The Python client under servers that fork: every child answers, and sees a change by a stream of its own."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from flagd.transport.envoy import missing
from tests.docs.page import ROOT
from tests.ports import free_port
from tests.wire.conftest import running
from tests.wire.process import eventually
from tests.wire.shop import flag

PYTHON = ROOT / ".venvs" / "clients" / "bin" / "python"
FOLDER = ROOT / "tests" / "wire" / "clients" / "python"
WORKERS = 2
SERVERS = {
    "gunicorn sync": ["-m", "gunicorn", "--preload", "-w", str(WORKERS), "-b", "{address}", "fork_app"],
    "gunicorn gthread": [
        *("-m", "gunicorn", "--preload", "-k", "gthread", "--threads", "2"),
        *("-w", str(WORKERS), "-b", "{address}", "fork_app"),
    ],
    "gunicorn uvicorn": [
        *("-m", "gunicorn", "--preload", "-k", "uvicorn_worker.UvicornWorker"),
        *("-w", str(WORKERS), "-b", "{address}", "fork_app:asgi"),
    ],
    "uwsgi": [
        *("-c", "import pyuwsgi, sys; pyuwsgi.run(sys.argv[1:])", "--http-socket", "{address}", "--module", "fork_app"),
        *("--master", "--processes", str(WORKERS), "--enable-threads", "--py-call-uwsgi-fork-hooks"),
        *("--die-on-term", "--need-app"),
    ],
}
POOL = """
import multiprocessing, json, sys
import fork_app

if __name__ == "__main__":
    method = sys.argv[1]
    with multiprocessing.get_context(method).Pool(2) as pool:
        first = pool.map(fork_app.wait_for, ["one"] * 4, 1)
        print(json.dumps(first), flush=True)
        sys.stdin.readline()
        print(json.dumps(pool.map(fork_app.wait_for, ["two"] * 4, 1)), flush=True)
"""
pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="make clients has not installed the servers that fork"),
    pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}"),
]


def _manifest(variant):
    return flag("a", variant).replace("  active: true\n", "  active: true\n  evaluationMode: Local\n")


@pytest.fixture
def flagd(tmp_path):
    (tmp_path / "a.yaml").write_text(_manifest("one"))
    with running(tmp_path, "--transport", "envoy") as process:
        yield process


def _environment(flagd, **more):
    path = os.pathsep.join(map(str, (ROOT / "src", FOLDER)))
    return {**os.environ, "PYTHONPATH": path, "FLAGD_URL": f"http://{flagd.listen}", "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def _program(environment, *words, **options):
    with subprocess.Popen([PYTHON, *words], env=environment, cwd=FOLDER, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


def _get(address):
    try:
        with urllib.request.urlopen(f"http://{address}/", timeout=60) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, ConnectionError):
        return None


def _answers(address):
    """Ask until every worker has answered; return the last answer of each."""
    found = {}

    def ask():
        answer = _get(address)
        if answer is not None:
            found[answer["pid"]] = answer
        return len(found) >= WORKERS

    eventually(ask)
    return found


@pytest.mark.parametrize("server", SERVERS)
def test_every_worker_of_a_fork_server_sees_a_change(tmp_path, flagd, server):
    address = f"127.0.0.1:{free_port()}"
    words = [word.format(address=address) for word in SERVERS[server]]
    with _program(_environment(flagd), *words):
        first = _answers(address)
        assert {one["variant"] for one in first.values()} == {"one"}
        assert all(one["forked"] for one in first.values())
        (tmp_path / "a.yaml").write_text(_manifest("two"))
        eventually(lambda: all(one["variant"] == "two" and one["connected"] for one in _answers(address).values()))


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_every_process_of_a_pool_sees_a_change(tmp_path, flagd, method):
    script = tmp_path.parent / f"{tmp_path.name}.pool.py"
    script.write_text(POOL)
    with _program(_environment(flagd), script, method, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert {one["variant"] for one in json.loads(process.stdout.readline())} == {"one"}
        (tmp_path / "a.yaml").write_text(_manifest("two"))
        print(file=process.stdin, flush=True)
        assert {one["variant"] for one in json.loads(process.stdout.readline())} == {"two"}


def test_every_worker_of_celery_sees_a_change(tmp_path, tmp_path_factory, flagd):
    environment = _environment(flagd, CELERY_FOLDER=str(tmp_path_factory.mktemp("celery")))
    worker = ["-m", "celery", "-A", "fork_celery", "worker", "--pool", "prefork", "-c", str(WORKERS), "-l", "error"]
    with _program(environment, *worker):
        for variant in ("one", "two"):
            (tmp_path / "a.yaml").write_text(_manifest(variant))
            asked = [PYTHON, "fork_celery.py", variant, str(WORKERS)]
            subprocess.run(asked, env=environment, cwd=FOLDER, check=True, timeout=240)
