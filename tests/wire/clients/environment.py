"""Environment: where the clients that we did not write are installed, by `make clients` and `make test-clients`."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venvs" / "clients" / "bin" / "python"
NODE_FOLDER = Path(__file__).with_name("node")
PYTHON_FOLDER = Path(__file__).with_name("python")
BUILT = ROOT / ".cache" / "clients"
HINT = "run `make clients`"


def python():
    """Return the interpreter that has the Python clients; skip the test where there is none."""
    if not PYTHON.exists():
        pytest.skip(f"the Python clients are not installed: {HINT}")
    return PYTHON


def node():
    """Return node; skip the test where it, or the clients for it, are not there. Its scripts are in `NODE_FOLDER`."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if not (NODE_FOLDER / "node_modules" / ".package-lock.json").exists():
        pytest.skip(f"the Node clients are not installed: {HINT}")
    return found


def go():
    """Return the command of the client in Go; skip the test where it is not built."""
    return (_built(BUILT / "go" / "repl"),)


def java():
    """Return the command of the client in Java; skip the test where it is not built."""
    classes, jars = _built(BUILT / "java" / "classes"), BUILT / "java" / "dependency"
    return "java", "-cp", f"{classes}:{jars}/*", "Repl"


def rust():
    """Return the command of the client in Rust; skip the test where it is not built."""
    return (_built(BUILT / "rust" / "debug" / "repl"),)


def _built(path):
    if not path.exists():
        pytest.skip(f"{path.relative_to(BUILT)} is not built: `make test-clients` does that where the tools are")
    return path
