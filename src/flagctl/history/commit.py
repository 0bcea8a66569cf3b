"""Commit: one change of some manifests as Git has it: who, when, and which files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.files.git import boundary, git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FIELDS = ("%H", "%P", "%aN", "%aE", "%aI", "%s")
_FORMAT = f"--format={'%x00'.join(_FIELDS)}"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit.

    Attributes:
        id: its hash.
        parents: the hashes of those before it; more than one for a merge.
        author: who wrote it, as ``.mailmap`` says.
        email: likewise.
        time: when, RFC 3339 with the author's offset.
        subject: the first line of the message.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: str
    subject: str


def commits(root: Path, inside: str, since: str | None) -> list[Commit] | None:
    """Return the commits that touch `inside`, a path below `root`, the newest first; None where there is none at all.

    `since` is a date or time as Git takes it. In a shallow clone the oldest commit is left out: what it changed
    cannot be told.
    """
    when = (f"--since={since}",) if since else ()
    listed = git(root, "log", "-z", _FORMAT, *when, "HEAD", "--", inside or ".")
    if listed is None:
        return None
    fields = listed.decode("utf-8", "replace").split("\0")
    found = [_commit(fields[at : at + len(_FIELDS)]) for at in range(0, len(fields) - 1, len(_FIELDS))]
    cut_off = boundary(root)
    return [each for each in found if each.id not in cut_off]


def touched(root: Path, commit: Commit, parent: str | None, inside: str) -> list[str]:
    """Return the paths below `inside` that differ from `parent` to `commit`; without a parent all that it has."""
    arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "--no-renames")
    sides = (parent, commit.id) if parent else ("--root", commit.id)
    listed = git(root, *arguments, *sides, "--", inside or ".") or b""
    return [path.decode("utf-8", "surrogateescape") for path in listed.split(b"\0") if path]


def _commit(fields: Sequence[str]) -> Commit:
    commit, parents, *rest = fields
    return Commit(commit, tuple(parents.split()), *rest)


def parents_of(commit: Commit) -> Iterator[str | None]:
    """Yield what `commit` is compared with: None for the first of all."""
    yield from commit.parents or (None,)
