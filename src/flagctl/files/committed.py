"""Committed: manifests as Git has them, to find out what an edit does to users."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.failure import Unreachable
from flagctl.files.git import commit_of, git, manifests_at, top_of
from flagd.manifest import Flag, FlagGroup
from flagd.manifest.reading import load_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.manifest import Diagnostic, Resource, ResourceRef

NEWEST = "HEAD"


def edits_since(revision: str, paths: Sequence[str], resources: Iterable[Resource]) -> list[Diagnostic]:
    """Return what is said of the edits since `revision` of Git: users who move, types and bucketing.

    `resources` are what `paths` hold now. Nothing where they are not in a repository, or do not differ.

    Raises:
        Unreachable: the repository has no such revision.
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
    root = top_of(path if path.is_dir() else path.parent)
    if root is None:
        return ()
    commit = _commit(root, revision)
    inside = str(path.resolve().relative_to(root)) if path.resolve().is_relative_to(root) else None
    if commit is None or inside is None or git(root, "diff", "--quiet", commit, "--", inside) is not None:
        return ()
    return load_files(manifests_at(root, commit, "" if inside == "." else inside)).resources


def _commit(root: Path, revision: str) -> str | None:
    """Return the commit of `revision`; None in a repository without any. Raises Unreachable for an unknown one."""
    found = commit_of(root, revision)
    if found is None and revision != NEWEST:
        raise Unreachable(f'Git knows no revision "{revision}" in {root}')
    return found
