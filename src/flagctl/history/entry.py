"""Entry: what one commit changed of flags, and of what they refer to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagctl.comparison.difference import Difference, differences
from flagctl.comparison.side import Side
from flagctl.files.git import manifests_at
from flagctl.files.manifests import compiled_from
from flagctl.history.commit import Commit, parents_of, touched
from flagd.manifest import Severity
from flagd.manifest.reading import load_files

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit.

    Attributes:
        commit: who and when.
        differences: what changed; of a merge what is as in none of its parents.
        unreadable: what could not be compared, each as a sentence.
    """

    commit: Commit
    differences: tuple[Difference, ...]
    unreadable: tuple[str, ...] = ()


def entry_of(root: Path, commit: Commit, inside: str, flags: Collection[str]) -> Entry | None:
    """Return what `commit` changed below `inside`; None where it changed nothing, or nothing of `flags`.

    `flags` are names or keys; empty = everything that differs.
    """
    found: list[list[Difference]] = []
    unreadable: dict[str, None] = {}
    for parent in parents_of(commit):
        differing, broken = _differences(root, commit, parent, inside)
        found.append([each for each in differing if not flags or _is_of(each, flags)])
        unreadable |= dict.fromkeys(broken)
    everywhere = set.intersection(*({each.ref for each in differing} for differing in found))
    told = tuple(each for each in found[0] if each.ref in everywhere)
    return Entry(commit, told, () if flags else tuple(unreadable)) if told or (unreadable and not flags) else None


def _differences(root: Path, commit: Commit, parent: str | None, inside: str) -> tuple[Sequence[Difference], list[str]]:
    paths = touched(root, commit, parent, inside)
    before, old = _side(root, parent, paths, inside)
    after, new = _side(root, commit.id, paths, inside)
    # Who feels it cannot be told from the files alone that the commit touched.
    return [replace(each, felt_by=()) for each in differences(before, after, across=False)], [*old, *new]


def _side(root: Path, commit: str | None, paths: Sequence[str], inside: str) -> tuple[Side, list[str]]:
    chosen = set(paths)
    sources = () if commit is None else (each for each in manifests_at(root, commit, inside) if each.name in chosen)
    loaded = load_files(sources)
    broken = [
        f"{each.location.file if each.location else 'a file'} cannot be read: {each.message}"
        for each in loaded.diagnostics
        if each.severity is Severity.ERROR and each.resource is None
    ]
    return Side((commit or "")[:8] or "nothing", compiled_from(loaded), loaded.refused), broken


def _is_of(difference: Difference, flags: Collection[str]) -> bool:
    return difference.ref.kind == "Flag" and bool({difference.ref.name, difference.title.partition("/")[2]} & {*flags})
