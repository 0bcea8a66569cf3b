"""Installed: an environment that holds this project and what its extras bring, and nothing else.

The distributions are linked from the environment that runs the tests, so neither an index nor a cache is asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(folder: Path) -> Path:
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


class Installation:
    """What `pip install wheel` makes of an empty environment in `folder`, and extras beside it."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self._folder = folder
        self._bin = folder / "base" / "bin"
        venv.create(folder / "base", symlinks=True)
        (packages,) = folder.glob("base/lib/python3*/site-packages")
        pip("--python", self._bin / "python", "install", "--no-deps", "--no-index", "--no-compile", wheel)
        (self._project,) = distributions(path=[str(packages)])
        self._link(None, packages)

    def run(self, extra: str | None, program: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `program`, of this environment unless it has a path, as if `extra` were installed too."""
        packages = self.packages(extra)
        if extra is not None and not packages.exists():
            self._link(extra, packages)
        path = f"{self._bin}{os.pathsep}{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": str(self._folder), "PYTHONPATH": str(packages)}
        command = [self._bin / program, *arguments]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def packages(self, extra: str | None) -> Path:
        """Return where what `extra` brings is, or is to be."""
        return self._folder / f"extra-{extra}"

    def _link(self, extra: str | None, packages: Path) -> None:
        for each in closure(self._project, extra):
            link(each, packages)


def closure(project: Distribution, extra: str | None) -> list[Distribution]:
    """Return what `project` needs with `extra`, in this environment's versions."""
    found: dict[tuple[str, str | None], Distribution] = {}
    waiting: list[tuple[str, str | None]] = [(project.name, None), (project.name, extra)]
    while waiting:
        each = name, part = waiting.pop()
        if each not in found:
            found[each] = project if name == project.name else distribution(name)
            waiting += needed(found[each], part)
    return list({name: dist for (name, _), dist in found.items() if dist is not project}.values())


def needed(dist: Distribution, extra: str | None) -> list[tuple[str, str | None]]:
    requirements = map(Requirement, dist.requires or ())
    wanted = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": extra or ""})]
    return [(canonicalize_name(each.name), part) for each in wanted for part in (None, *each.extras)]


def link(dist: Distribution, packages: Path) -> None:
    for file in dist.files or ():
        source = Path(str(dist.locate_file(file)))
        if ".." in file.parts:
            continue  # its programs
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
