"""The release workflow, played: what its jobs run, with real commands where they need no other server.

GitHub's actions and the programs that talk to registries are recorded: neither GitHub nor a registry can be reached.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.helm import helm

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
DIGEST = "sha256:" + "5" * 64
GIVEN = {
    "github.repository_owner": "FlagOperator",  # a registry takes no capital letter
    "github.token": "token-of-the-job",
    "matrix.name": "flagd",
}
RECORDER = f"""#!/bin/bash
printf '%s\\n' "${{0##*/}} $*" >> "$CALLS"
case "$*" in
*--password-stdin*) read -r word && printf '%s\\n' "$word" >> "$CALLS.secrets" ;;
*"--digestfile digest"*) printf '%s' {DIGEST} > digest ;;
push*) echo "Pushed: to it" >&2; echo "Digest: {DIGEST}" >&2 ;;
esac
[ "${{0##*/}} $1" != "$FAILS" ]
"""


class Stage:
    """A folder in which jobs run one after the other, and the programs that are recorded there."""

    def __init__(self, folder: Path, *recorded: str) -> None:
        self.folder = folder / "workspace"
        self.folder.mkdir(exist_ok=True)
        self._calls = folder / "calls"
        self._programs = folder / "programs"
        self._programs.mkdir()
        for name in recorded:
            (self._programs / name).write_text(RECORDER)
            (self._programs / name).chmod(0o755)

    def run(self, job: str, *, without: tuple[str, ...] = (), fails: str = "") -> int:
        """Run the commands of a job as a runner does, but those that begin as `without`; return the first failure."""
        for step in WORKFLOW["jobs"][job]["steps"]:
            if "run" in step and not step["run"].startswith(without or ("\0",)):
                code = self._step(WORKFLOW["jobs"][job], step, fails)
                if code:
                    return code
        return 0

    def _step(self, job: dict[str, Any], step: dict[str, Any], fails: str) -> int:
        assert WORKFLOW["defaults"]["run"]["shell"] == "bash", "without it, a failure before a pipe is lost"
        variables = {name: known(text) for part in (WORKFLOW, job, step) for name, text in part.get("env", {}).items()}
        given = {
            "PATH": f"{self._programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GITHUB_REF_NAME": f"v{VERSION}",
            "GITHUB_ACTOR": "ann",
            "CALLS": str(self._calls),
            "FAILS": fails,
        }
        words = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        return subprocess.run(words, cwd=self.folder, env=given | variables, check=False, timeout=600).returncode

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    @property
    def secrets(self) -> list[str]:
        return Path(f"{self._calls}.secrets").read_text().splitlines()


def known(text: str) -> str:
    """Return `text` with what GitHub knows filled in."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: GIVEN[found[1]], text)


def test_no_command_has_a_value_of_github_in_its_text():
    commands = [step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    assert [each for each in commands if "${{" in each] == []


def test_a_tag_that_is_the_version_and_has_a_section_is_tested(tmp_path: Path):
    stage = Stage(tmp_path)
    for name in ("pyproject.toml", "CHANGELOG.md", "scripts"):
        (stage.folder / name).symlink_to(ROOT / name)
    assert stage.run("test", without=(".ci/run",)) == 0
    (stage.folder / "pyproject.toml").unlink()
    (stage.folder / "pyproject.toml").write_text('version = "99.0.0"\n')
    assert stage.run("test", without=(".ci/run",)) == 1


def test_an_image_is_pushed_and_signed_by_the_digest_that_was_pushed(tmp_path: Path):
    stage = Stage(tmp_path, "skopeo", "cosign")
    assert stage.run("images") == 0
    image = f"ghcr.io/flagoperator/flagd@{DIGEST}"
    assert stage.calls == [
        "skopeo login ghcr.io --username ann --password-stdin",
        "cosign login ghcr.io --username ann --password-stdin",
        "skopeo copy --digestfile digest oci-archive:build/images/flagd.tar "
        f"docker://ghcr.io/flagoperator/flagd:{VERSION}",
        f"cosign sign --yes {image}",
        f"cosign attest --yes --type cyclonedx --predicate build/images/flagd.cdx.json {image}",
    ]
    assert stage.secrets == ["token-of-the-job"] * 2


def test_the_chart_is_pushed_and_signed_by_the_digest_that_helm_says(tmp_path: Path):
    stage = Stage(tmp_path, "helm", "cosign")
    assert stage.run("chart") == 0
    assert stage.calls[2:] == [
        f"helm push dist/chart/flagoperator-{VERSION}.tgz oci://ghcr.io/flagoperator/charts",
        f"cosign sign --yes ghcr.io/flagoperator/charts/flagoperator@{DIGEST}",
    ]


@pytest.mark.parametrize(("job", "program", "verb"), [("chart", "helm", "push"), ("images", "skopeo", "copy")])
def test_what_was_not_pushed_is_not_signed(tmp_path: Path, job: str, program: str, verb: str):
    stage = Stage(tmp_path, "helm", "skopeo", "cosign")
    assert stage.run(job, fails=f"{program} {verb}") == 1
    assert not [call for call in stage.calls if call.startswith("cosign sign")]


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_what_is_built_is_what_the_other_jobs_publish(tmp_path: Path):
    stage = Stage(tmp_path, "gh")
    (tmp_path / "programs" / "helm").symlink_to(helm())
    left_out = shutil.ignore_patterns(".git", ".*cache", ".venv*", "node_modules", "build", "dist", "__pycache__")
    shutil.copytree(ROOT, stage.folder, ignore=left_out, symlinks=True, dirs_exist_ok=True)
    (stage.folder / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        (stage.folder / ".venv" / part.name).symlink_to(part)
    (stage.folder / ".venv" / ".ready").unlink(missing_ok=True)
    (stage.folder / ".venv" / ".ready").touch()  # newer than all that it is made of: nothing is installed
    (stage.folder / "dist").mkdir()
    # The environment is there, and tests/image builds the images.
    assert stage.run("build", without=("sudo", "make setup", "make image")) == 0
    wheels = {path.name for path in (stage.folder / "dist" / "wheel").iterdir()}
    assert wheels == {f"flagoperator-{VERSION}-py3-none-any.whl", f"flagoperator-{VERSION}.tar.gz"}
    assert (stage.folder / "dist" / "chart" / f"flagoperator-{VERSION}.tgz").is_file()
    with tarfile.open(stage.folder / "dist" / "site.tar.gz") as site:
        assert "site/index.html" in site.getnames()
    assert stage.run("announce") == 0
    (call,) = stage.calls
    files = re.findall(r"\S*(?:notes\.md|dist/\S+)", call)
    assert len(files) == 5
    assert [file for file in files if not (stage.folder / file).is_file()] == []
