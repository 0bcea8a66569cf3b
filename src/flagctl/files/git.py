"""Git: what a repository holds at a commit, asked of the program `git`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from flagd.manifest.reading.files import MAX_BYTES, SUFFIXES, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHALLOW = "this is a shallow clone: older commits are not here; git fetch --unshallow"
_SECONDS = 30
_FILES = (b"100644", b"100755")


def top_of(folder: Path) -> Path | None:
    """Return the top folder of the repository that `folder` is in; None where it is in none, or Git is not there."""
    top = git(folder, "rev-parse", "--show-toplevel")
    return None if top is None else Path(top.decode("utf-8", "surrogateescape").rstrip("\n"))


def commit_of(root: Path, revision: str) -> str | None:
    """Return the commit that `revision` names; None where Git knows none of that name."""
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return None if found is None else found.decode().strip()


def boundary(root: Path) -> frozenset[str]:
    """Return the commits whose parents a shallow clone lacks."""
    path = git(root, "rev-parse", "--git-path", "shallow")
    if path is None:
        return frozenset()
    try:
        return frozenset((root / path.decode().rstrip("\n")).read_text().split())
    except OSError:
        return frozenset()


def manifests_at(root: Path, commit: str, inside: str, named: str = "") -> Iterator[SourceFile]:
    """Yield the manifests that `commit` has at `inside`, a file or folder below `root`; empty = everywhere.

    In folders the names that `flagd.manifest.load` reads count, links do not. `named` stands before each path.
    """
    paths = ("--", inside) if inside else ()
    listed = git(root, "ls-tree", "-r", "-z", "--full-tree", commit, *paths) or b""
    entries = [entry.split(b"\t", 1) for entry in listed.split(b"\0") if entry]
    blobs: dict[str, bytes] = {}
    for about, raw in sorted(entries, key=lambda entry: entry[1].split(b"/")):
        mode, _, blob = about.split()
        path = raw.decode("utf-8", "surrogateescape")
        if mode in _FILES and _counts(path, inside):
            blobs[path] = blob
    for path, data in zip(blobs, _contents(root, blobs.values()), strict=True):
        yield SourceFile(f"{named}{path}", data[: MAX_BYTES + 1])


def has(root: Path, commit: str, inside: str) -> bool:
    """Return whether `commit` has a file or folder `inside`."""
    return git(root, "cat-file", "-e", f"{commit}:{inside}") is not None


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """Return what git prints; None where it fails, or is not there."""
    try:
        command = ["git", "--literal-pathspecs", "-C", str(folder), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _contents(root: Path, blobs: Iterable[bytes]) -> Iterator[bytes]:
    rest = git(root, "cat-file", "--batch", stdin=b"".join(blob + b"\n" for blob in blobs)) or b""
    while rest:
        head, _, rest = rest.partition(b"\n")  # <object> blob <size>
        size = int(head.split()[-1])
        yield rest[:size]
        rest = rest[size + 1 :]


def _counts(path: str, inside: str) -> bool:
    if path == inside:
        return True
    below = Path(path).relative_to(inside) if inside else Path(path)
    return path.endswith(SUFFIXES) and not any(part.startswith(".") for part in below.parts)
