"""The snippets of docs/clients.md in Go, Java and Rust: built and run as they stand, but for the port."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flagd.transport.envoy import missing
from tests.docs.page import ROOT, blocks
from tests.wire.clients import environment
from tests.wire.conftest import running

pytestmark = pytest.mark.compiled
FOLDER = Path(environment.__file__).parent
SECONDS = 300


@pytest.fixture(scope="module")
def server():
    if lacking := missing():
        pytest.skip(f"the client in Go needs Envoy, which cannot run here: {lacking}")
    with running(ROOT / "examples", "--transport", "envoy") as process:
        yield process


def _write(language, target, server):
    snippets = [block for block in blocks(Path("docs/clients.md")) if block.language == language]
    assert len(snippets) == 1
    target.write_text(snippets[0].text.replace("8013", server.listen.rpartition(":")[2]))


def _run(folder, *command, **variables):
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_go(server, tmp_path):
    environment.go()
    for name in ("go.mod", "go.sum"):
        shutil.copy(FOLDER / "go" / name, tmp_path)
    _write("go", tmp_path / "main.go", server)
    assert _run(tmp_path, "go", "run", ".") == "true on SPLIT <nil>"


def test_java(server, tmp_path):
    _, *path, _ = environment.java()
    _write("java", tmp_path / "Ask.java", server)
    assert _run(tmp_path, "java", *path, "Ask.java") == "true on SPLIT"


def test_rust(server, tmp_path):
    environment.rust()
    for name in ("Cargo.toml", "Cargo.lock"):
        text = (FOLDER / "rust" / name).read_text()
        (tmp_path / name).write_text(text.replace('name = "repl"', 'name = "ask"'))
    (tmp_path / "src").mkdir()
    _write("rust", tmp_path / "src" / "main.rs", server)
    protoc, target = FOLDER / "rust" / "protoc", environment.BUILT / "rust"
    command = ("cargo", "run", "--quiet", "--locked")
    assert _run(tmp_path, *command, PROTOC=str(protoc), CARGO_TARGET_DIR=str(target)) == "true on"
