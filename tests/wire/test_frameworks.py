"""The services of examples/frameworks, each in its framework, with a real flagd, and their own tests without one."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from flagd.transport.envoy import missing
from tests.docs.page import ROOT
from tests.ports import free_port
from tests.wire.conftest import running
from tests.wire.process import eventually

PYTHON = ROOT / ".venvs" / "clients" / "bin" / "python"
FOLDER = ROOT / "examples" / "frameworks"
FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: new-checkout}
spec:
  active: true
  evaluationMode: Local
  variants: [{key: "on"}]
  segments:
    - name: pros
      match: [{attribute: user.properties.plan, op: is, values: [pro]}]
      rollout: {percent: 100}
"""
WEB = {
    "FastAPI": ["uvicorn", "fastapi_service:app", "--host", "127.0.0.1", "--port", "{port}"],
    "Flask": ["gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:{port}", "flask_service:app"],
    "Django": ["gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:{port}", "django_service:application"],
}
pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="make clients has not installed the frameworks"),
    pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """That of a service beside a flagd, and a folder for what it may write."""
    folder = tmp_path_factory.mktemp("flags")
    (folder / "flags.yaml").write_text(FLAG)
    with running(folder, "--transport", "envoy") as process:
        path = os.pathsep.join(map(str, (ROOT / "src", FOLDER)))
        yield {**os.environ, "PYTHONPATH": path, "FLAGD_URL": f"http://{process.listen}", "PYTHONUNBUFFERED": "1"}


@contextmanager
def _program(environment, *words, **options):
    with subprocess.Popen([PYTHON, *words], env=environment, cwd=FOLDER, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


def _checkout(port, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/checkout", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, ConnectionError):
        return None


@pytest.mark.parametrize("framework", WEB)
def test_a_web_service_decides_for_the_user_of_the_request(environment, framework):
    port = free_port()
    with _program(environment, "-m", *(word.format(port=port) for word in WEB[framework])):
        eventually(lambda: _checkout(port, **{"x-user": "eve", "x-plan": "pro"}) == {"checkout": "on"})
        assert _checkout(port, **{"x-user": "ann"}) == {"checkout": "off"}


ASK_CELERY = """
import sys
from celery_service import checkout
results = [checkout.delay("eve", "pro"), checkout.delay("ann", "free")]
print(*(result.get(timeout=120, interval=0.05) for result in results))
"""


def test_a_celery_worker_decides_for_the_user_of_the_task(environment, tmp_path):
    folders = {"BROKER_URL": "filesystem://", "BROKER_FOLDER": str(tmp_path), "BACKEND_URL": f"file://{tmp_path}"}
    told = {**environment, **folders}
    worker = ["-m", "celery", "-A", "celery_service", "worker", "--pool", "prefork", "-c", "2", "-l", "error"]
    with _program(told, *worker):
        done = subprocess.run(
            [PYTHON, "-c", ASK_CELERY],
            env=told,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=240,
        )
    assert done.stdout.split() == ["on", "off"]


def test_the_user_is_passed_on_from_service_to_service(environment):
    with _program(environment, "grpc_service.py", "0", stdout=subprocess.PIPE) as last:
        address = f"127.0.0.1:{last.stdout.readline().strip()}"
        with (
            _program(environment, "grpc_service.py", "0", address, stdout=subprocess.PIPE) as first,
            grpc.insecure_channel(f"127.0.0.1:{first.stdout.readline().strip()}") as channel,
        ):
            ask = channel.unary_unary("/shop.Shop/Checkout")
            user = [("x-flag-user", "eve"), ("x-flag-plan", "pro")]
            assert ask(b"", metadata=user, timeout=60, wait_for_ready=True) == b"on, on"
            assert ask(b"", timeout=60) == b"off, off"


def test_the_tests_of_a_service_pass_without_a_flagd(environment, tmp_path):
    manifests = tmp_path / "flags.yaml"
    manifests.write_text(FLAG)
    flagctl = [Path(sys.executable).with_name("flagctl"), "compile", manifests]
    (tmp_path / "flags.json").write_bytes(subprocess.run(flagctl, stdout=subprocess.PIPE, check=True).stdout)
    (tmp_path / "pytest.ini").write_text("[pytest]\nflagd_flags = flags.json\n")
    words = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "flagd.testing.plugin",
        "-p",
        "no:cacheprovider",
        "-c",
        tmp_path / "pytest.ini",
    ]
    told = {**environment, "FLAGD_URL": "http://127.0.0.1:9"}
    command = [PYTHON, *words, FOLDER / "test_flask_service.py"]
    done = subprocess.run(command, env=told, stdout=subprocess.PIPE, text=True, check=False, timeout=240)
    assert "4 passed" in done.stdout, done.stdout
