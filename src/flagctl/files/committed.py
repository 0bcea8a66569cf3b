"""Committed: manifests as Git has them, to tell what an edit does to users."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flagctl.failure import Refused
from flagd.manifest import Flag, FlagGroup, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.manifest import Diagnostic, Resource, ResourceRef

NEWEST = "HEAD"
_SECONDS = 30


def edits_since(revision: str, paths: Sequence[str], resources: Iterable[Resource]) -> list[Diagnostic]:
    """Return what is said of the edits since `revision` of Git: users who move, types and bucketing.

    `resources` are what `paths` hold now. Nothing where they are not in a repository, or do not differ.

    Raises:
        Refused: the repository has no such revision.
    """
    from flagd.compiler import moves, refusals, retypes

    before: dict[ResourceRef, Resource] = {}
    for path in paths:
        before |= {each.ref: each for each in _committed(revision, Path(path))}
    pairs = ((before.get(after.ref), after) for after in resources)
    return [
        found
        for earlier, after in pairs
        if isinstance(earlier, Flag | FlagGroup) and isinstance(after, Flag | FlagGroup)
        for found in (*refusals(earlier, after), *moves(earlier, after), *retypes(earlier, after))
    ]


def _committed(revision: str, path: Path) -> Iterable[Resource]:
    folder = path if path.is_dir() else path.parent
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        return ()
    root = Path(top.decode().rstrip("\n"))
    commit = _commit(root, revision)
    inside = str(path.resolve().relative_to(root)) if path.resolve().is_relative_to(root) else None
    if commit is None or inside is None or _git(root, "diff", "--quiet", commit, "--", inside) is not None:
        return ()
    archive = _git(root, "archive", "--format=tar", commit, "--", inside)
    return () if archive is None else _unpacked(archive, inside)


def _commit(root: Path, revision: str) -> str | None:
    """Return the commit that `revision` names; None in a repository without any. Raises Refused for another name."""
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None and revision != NEWEST:
        raise Refused(f'Git knows no revision "{revision}" in {root}')
    return None if found is None else found.decode().strip()


def _unpacked(archive: bytes, inside: str) -> Iterable[Resource]:
    with TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = [member for member in tar.getmembers() if member.isfile() or member.isdir()]
        tar.extractall(folder, files, filter="data")
        return load([Path(folder) / inside]).resources


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None where it fails, or is not there."""
    try:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
