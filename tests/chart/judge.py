"""Judge: a program of others that says what it thinks of what we made; found, or built once, then cached."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cached import cached

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def from_module(module: str, version: str, package: str = ".", *, stamp: str = "") -> Path:
    """Return the program of `package` in a Go module, built in the module's own tree, with what its go.sum pins.

    `stamp` are words for the linker.
    """
    name = Path(module if package == "." else package).name

    def make(folder: Path) -> None:
        found = json.loads(run("go", "mod", "download", "-json", f"{module}@{version}"))
        with tempfile.TemporaryDirectory() as temporary:
            source = shutil.copytree(found["Dir"], Path(temporary, "source"), copy_function=shutil.copyfile)
            for path in (source, *source.rglob("*")):
                path.chmod(0o755)
            build = ("go", "build", "-trimpath", "-buildvcs=false", f"-ldflags=-s -w {stamp}", "-o", folder / name)
            run(*build, package, folder=source)

    return made(f"{name}-{version}", make) / name


@cache
def from_folder(folder: Path) -> Path:
    """Return the Go program whose module is `folder`, named as that is."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()[:12]
    words = ("go", "build", "-trimpath", "-buildvcs=false", "-o")
    return made(f"{folder.name}-{digest}", lambda out: run(*words, out / folder.name, ".", folder=folder)) / folder.name


@cache
def from_debian(package: str, program: str) -> Path:
    """Return a program of a Debian package: the one of this machine, or else the package is unpacked, not installed."""
    if installed := shutil.which(program):
        return Path(installed)

    def make(folder: Path) -> None:
        run("apt-get", "download", package, folder=folder)
        for archive in folder.glob("*.deb"):
            run("dpkg-deb", "--extract", archive, folder)
            archive.unlink()

    return made(f"debian-{package}", make) / "usr/bin" / program


@cache
def from_pypi(requirements: Path) -> Path:
    """Return a folder with the packages that `requirements` pins, to be named in PYTHONPATH."""

    def make(folder: Path) -> None:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        run(*pip, "--require-hashes", "--only-binary=:all:", f"--target={folder}", f"--requirement={requirements}")

    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    return made(f"{requirements.stem}-{digest}", make)


def made(name: str, make: Callable[[Path], object]) -> Path:
    """Return the cached folder of a judge, or skip the test and say why there is none."""
    try:
        return cached(name, make)
    except FileNotFoundError as error:
        pytest.skip(f"no {name}: it is made with {error.filename}, which is not installed")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no {name}: {error.cmd[0]} failed: {error.stderr[-300:]}")


def run(*words: str | Path, folder: Path | None = None) -> str:
    """Run a program and return what it prints.

    Raises:
        subprocess.CalledProcessError: it failed; its stderr says why.
    """
    environment = {**os.environ, "CGO_ENABLED": "0"}
    return subprocess.run(words, check=True, capture_output=True, text=True, cwd=folder, env=environment).stdout
