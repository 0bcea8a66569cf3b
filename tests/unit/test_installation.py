"""What each installation can do: the base for libraries, and an extra for each program."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from flagd.process.extra import EXTRAS
from tests.installed import ROOT, Installation, build_wheel

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = {"flagctl": "ctl", "flagd": "server", "flagoperator": "operator"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXAMPLES = ROOT / "examples"
NOBODY = """\
apiVersion: v1
kind: Config
clusters: [{name: nobody, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: nobody, context: {cluster: nobody, user: nobody}}]
users: [{name: nobody, user: {}}]
current-context: nobody
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(wheel, tmp_path_factory.mktemp("installation"))


@pytest.mark.parametrize("extra", [None, *PROGRAMS.values()])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_without_its_extra_names_it_in_one_line(installation: Installation, program: str, extra: str | None):
    done = installation.run(extra, program, "--version")
    if extra == PROGRAMS[program] or set(EXTRAS[PROGRAMS[program]]) <= set(EXTRAS.get(extra or "", ())):
        assert (done.returncode, done.stderr) == (0, "")
    else:
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"{program} needs ")
        assert line.endswith(f"run pip install 'flagoperator[{PROGRAMS[program]}]'")
        assert (done.returncode, done.stdout) == (2, "")


IMPORTED = """
import sys
from importlib.metadata import packages_distributions
import flagd.engine, flagd.ruleset, flagd.sync.subscriber
known = packages_distributions()
print(*{name for module in sys.modules for name in known.get(module, ())})
"""


def test_the_engine_imports_nothing_beyond_the_base(installation: Installation):
    done = installation.run(None, "python", "-c", IMPORTED)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"flagoperator", "google-re2", "mmh3", "protobuf"}


EVERY_MODULE = """
import sys
from importlib import import_module
from pkgutil import walk_packages
apart = ("flagd.client", "flagd.testing", "flagctl.dashboard.")  # no part of a program, or one with an extra of its own
for module in walk_packages(import_module(sys.argv[1]).__path__, sys.argv[1] + "."):
    if sys.argv[1] == "flagctl.dashboard" or not module.name.startswith(apart):
        import_module(module.name)
"""


@pytest.mark.parametrize(("program", "extra"), [*PROGRAMS.items(), ("flagctl.dashboard", "dashboard")])
def test_every_module_of_a_program_is_imported_with_its_extra(installation: Installation, program: str, extra: str):
    done = installation.run(extra, "python", "-c", EVERY_MODULE, program)
    assert done.returncode == 0, done.stderr


OFFLINE = [
    (["lint", EXAMPLES], 0),
    (["compile", EXAMPLES], 0),
    (["eval", EXAMPLES, "--flag", "button-colour", "--user", '{"user_id": "ann"}'], 0),
    (["explain", EXAMPLES, "--flag", "button-colour", "--user", '{"user_id": "ann"}'], 0),
    (["eval", "--server", "127.0.0.1:9", "--flag", "x", "--user", '{"user_id": "ann"}'], 3),
    (["apply", EXAMPLES], 3),
    (["set", "new-checkout", "--percent", "50"], 3),
]


@pytest.mark.parametrize(("arguments", "code"), OFFLINE, ids=lambda each: each[0] if isinstance(each, list) else "")
def test_flagctl_works_with_its_extra(
    installation: Installation, tmp_path: Path, arguments: list[str | Path], code: int
):
    (tmp_path / "config").write_text(NOBODY)
    cluster = ["--kubeconfig", tmp_path / "config"] if arguments[0] in ("apply", "set") else []
    done = installation.run("ctl", "flagctl", *arguments, *cluster)
    assert (done.returncode, "a bug" in done.stderr) == (code, False), done.stderr


def test_packages_say_that_they_are_typed(wheel: Path):
    names = ZipFile(wheel).namelist()
    packages = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert packages == {"flagctl", "flagd", "flagoperator"}
    assert {f"{package}/py.typed" for package in packages} <= set(names)


def test_the_plugin_of_kubectl_comes_with_flagctl(installation: Installation):
    done = installation.run("ctl", "kubectl-flags", "lint", EXAMPLES)
    assert (done.returncode, "nothing found" in done.stdout) == (0, True), done.stderr


def shell(*command: str | Path, **variables: str) -> str:
    """Run a command with nothing of this Python; return what it prints."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        env={**environment, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def empty(folder: Path, *requirements: str) -> Path:
    """Make an environment that holds nothing but `requirements`, from the index; return its folder of programs."""
    venv.create(folder, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    shell(*pip, "install", "--quiet", *requirements)
    shell(*pip, "check")
    return folder / "bin"


@pytest.mark.long
@pytest.mark.parametrize("extra", sorted(PROJECT["project"]["optional-dependencies"]))
def test_pip_installs_the_wheel_with_each_extra_into_an_empty_environment(wheel: Path, tmp_path: Path, extra: str):
    programs = empty(tmp_path / "venv", f"{wheel}[{extra}]")
    for program, needed in PROGRAMS.items():
        if needed == extra:
            assert PROJECT["project"]["version"] in shell(programs / program, "--version")


@pytest.mark.long
def test_pipx_installs_flagctl_and_its_plugin(wheel: Path, tmp_path: Path):
    pipx = empty(tmp_path / "venv", "pipx") / "pipx"
    homes = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    shell(pipx, "install", f"flagoperator[ctl] @ {wheel.as_uri()}", **homes)
    for program in ("flagctl", "kubectl-flags"):
        assert "nothing found" in shell(tmp_path / "bin" / program, "lint", EXAMPLES)
    assert "doctor" in shell(tmp_path / "bin" / "kubectl_complete-flags", "do")
    assert "_FLAGCTL_COMPLETE" in shell(tmp_path / "bin" / "flagctl", "completion", "bash")
