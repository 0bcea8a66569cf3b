"""Root file system of an image: Debian's Python without a shell, and our program with its wheels.

python -m scripts.image.rootfs flagd DIR      Debian's part and ours, as one tree: what the Dockerfiles copy
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.image.program import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.image.program import Program

ROOT = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
PACKAGES = ("python3", "libstdc++6", "ca-certificates")
SITE = Path("usr/local/lib/python3.11/dist-packages")
# Packages are unpacked and not installed, so dpkg's list of them, which scanners and the SBOM read, is written here.
LIST_PACKAGES = (
    'for package in "$1"/var/cache/apt/archives/*.deb; do'
    ' dpkg-deb --field "$package" Package Source Version Architecture Maintainer;'
    " printf 'Status: install ok unpacked\\n\\n'; done > \"$1/var/lib/dpkg/status\""
)
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
# Of packages whose scripts are not run, or that only a person at a shell needs; and devices, which a runtime gives a
# container: copied as a file, /dev/full fills the disk.
UNUSED = (
    "dev/*",
    "bin/sh",
    "bin/dash",
    "bin/bash",
    "usr/bin/sh",
    "usr/bin/dash",
    "usr/bin/bash",
    "usr/bin/perl*",
    "usr/bin/dpkg*",
    "usr/bin/debconf*",
    "usr/bin/openssl",
    "usr/bin/py3*",
    "usr/sbin/*",
    "usr/lib/dpkg*",
    "usr/lib/*/perl*",
    "usr/lib/python3/dist-packages/debconf*",
    "usr/lib/python3.11/test",
    "usr/lib/python3.11/lib2to3",
    "usr/lib/python3.11/pydoc_data",
    "usr/share/bash-completion",
    "usr/share/debconf",
    "usr/share/doc-base",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/perl*",
    "usr/share/pixmaps",
    "var/cache/*",
    "var/log/*",
    "var/lib/apt",
    "etc/apt",
    "etc/.pwd.lock",
)


def debian(program: Program, folder: Path) -> None:
    """Unpack Debian's part into `folder`; no script of a package runs.

    Raises:
        subprocess.CalledProcessError: mmdebstrap failed, and said why.
    """
    wanted = ",".join((*PACKAGES, *program.debian))
    # Without chroot: nothing is mounted, which `docker build` does not allow.
    how = (
        "--quiet",
        "--mode=chrootless",
        "--variant=extract",
        f"--extract-hook={LIST_PACKAGES}",
        f"--include={wanted}",
    )
    argv = ["mmdebstrap", *how, SUITE, str(folder)]
    subprocess.run(argv, check=True)
    bundle = sorted((folder / "usr/share/ca-certificates/mozilla").glob("*.crt"))
    (folder / CERTIFICATES).parent.mkdir(parents=True, exist_ok=True)
    (folder / CERTIFICATES).write_bytes(b"".join(path.read_bytes() for path in bundle))
    for pattern in UNUSED:
        for path in folder.glob(pattern):
            remove(path)
    _keep_copyrights_only(folder / "usr/share/doc")


def _keep_copyrights_only(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.name != "copyright" and not (path.is_dir() and not path.is_symlink()):
            path.unlink()


def remove(path: Path) -> None:
    """Remove a file, a link or a tree."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def application(program: Program, folder: Path) -> None:
    """Install what the lock of `program` pins, and our own wheel, into `folder`.

    Raises:
        subprocess.CalledProcessError: pip failed, and said why.
    """
    site, binaries = folder / SITE, folder / "usr/local/bin"
    binaries.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        wheel = build_wheel(Path(temporary))
        locked = f"--requirement={ROOT / program.lock}"
        wheels = ("--only-binary=:all:", "--python-version=3.11", "--implementation=cp", "--require-hashes", locked)
        _pip("install", "--no-deps", "--no-compile", f"--target={site}", *wheels)
        # Our commands are written below; pip would warn of those that are there.
        shutil.rmtree(site / "bin", ignore_errors=True)
        _pip("install", "--no-deps", "--no-compile", f"--target={site}", str(wheel))
    # Where the wheel was, and what pip thought of it.
    for path in (*site.glob("*.dist-info/direct_url.json"), *site.glob("*.dist-info/RECORD")):
        path.unlink()
    shutil.rmtree(site / "bin", ignore_errors=True)
    _write_command(program, binaries / program.name)


def _write_command(program: Program, path: Path) -> None:
    entry = _entry(program.name)
    path.write_text(f"#!/usr/bin/python3\nimport sys\n\nfrom {entry} import main\n\nsys.exit(main())\n")
    path.chmod(0o755)


def _entry(name: str) -> str:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    return str(scripts[name]).partition(":")[0]


def build_wheel(folder: Path) -> Path:
    """Build our wheel into `folder`, the same bytes each time."""
    _pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", str(ROOT))
    return next(folder.glob("*.whl"))


def _pip(*words: str) -> None:
    argv = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *words, "--root-user-action=ignore"]
    if words[0] == "wheel":
        argv.pop()
    subprocess.run(argv, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"})


def compile_all(folder: Path, interpreter: Path) -> None:
    """Compile every module under `folder`: a root that cannot be written caches nothing.

    By hash and unchecked, since an image has no dates. One hash seed and one process, so that the bytes are the same.
    """
    code = ["-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": ""}
    # Tests of libraries hold broken syntax on purpose; what does not compile is left as it is.
    subprocess.run([interpreter, *code, str(folder / "usr")], check=False, env=environment)


@contextmanager
def layers(program: Program, cache: Path | None = None) -> Iterator[list[Path]]:
    """Yield the two trees of an image, Debian's first, which `cache` keeps for the next time."""
    with tempfile.TemporaryDirectory() as temporary:
        base = (cache or Path(temporary)) / f"debian-{_digest(program)}"
        if not base.exists():
            partial = base.with_suffix(f".{os.getpid()}")
            debian(program, partial)
            compile_all(partial, partial / "usr/bin/python3.11")
            _keep(partial, base)
        own = Path(temporary, "application")
        application(program, own)
        compile_all(own, base / "usr/bin/python3.11")
        yield [base, own]


def _keep(partial: Path, base: Path) -> None:
    try:
        partial.rename(base)
    except OSError:
        if not base.exists():
            raise
        shutil.rmtree(partial)  # another build was faster


def _digest(program: Program) -> str:
    recipe = Path(__file__).read_bytes() + repr(program.debian).encode()
    return hashlib.sha256(recipe).hexdigest()[:12]


def main() -> None:
    """Write both trees of a program into one folder."""
    name, out = sys.argv[1:]
    with layers(PROGRAMS[name]) as trees:
        for tree in trees:
            shutil.copytree(tree, out, symlinks=True, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
