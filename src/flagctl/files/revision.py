"""Revision: manifests as a revision of Git has them, named as Git names them: ``HEAD~1:flags``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.failure import Unreachable
from flagctl.files.git import SHALLOW, boundary, commit_of, has, manifests_at, top_of
from flagd.manifest.reading import load_files

if TYPE_CHECKING:
    from flagd.manifest import Loaded


def is_revision(argument: str) -> bool:
    """Return whether `argument` names a revision and a path in it, rather than a file that is there."""
    return ":" in argument and not Path(argument).exists()


def load_revision(argument: str) -> Loaded:
    """Read what ``REVISION:PATH`` names; a path counts from the top of the repository, one with ``./`` from here.

    Where the revision lacks a path that is there now, nothing: it is new.

    Raises:
        Unreachable: this is not a repository, it has no such revision, or neither it nor the working tree has the path.
    """
    revision, _, path = argument.partition(":")
    root = top_of(Path.cwd())
    if root is None:
        raise Unreachable(f'"{argument}": neither a file nor in a Git repository')
    commit = commit_of(root, revision)
    if commit is None:
        raise Unreachable(f'Git knows no revision "{revision}" in {root}{_if_shallow(root)}')
    inside = _inside(path, root)
    if not has(root, commit, inside) and not (root / inside).exists():
        raise Unreachable(f'{revision} has no "{path}"; paths count from {root}, or from here with ./')
    return load_files(manifests_at(root, commit, inside, f"{revision}:"))


def _if_shallow(root: Path) -> str:
    return f"; {SHALLOW}" if boundary(root) else ""


def _inside(path: str, root: Path) -> str:
    here = Path.cwd().resolve() if path.startswith(("./", "../")) or path in {".", ".."} else root.resolve()
    whole = os.path.normpath(here / path)
    inside = os.path.relpath(whole, root.resolve())
    if inside.startswith(".."):
        raise Unreachable(f'"{path}" is outside the repository {root}')
    return "" if inside == "." else inside
