"""Files: which files hold manifests, and their bytes, bounded."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 4 * 1024 * 1024
"""Size of a file above which it is not read; etcd takes no object above 1.5 MiB."""

MAX_LEVELS = 100
"""Directories within directories that are read."""

MAX_ENTRIES = 100_000
"""Names in all directories that are looked at: a link may lead to a whole file system."""

SUFFIXES = (".yaml", ".yml", ".json")

STDIN = "-"
"""The path that stands for standard input."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was found.

    Attributes:
        name: the path as the user knows it.
        data: its first bytes, one more than `MAX_BYTES` at most; empty with a fault.
        fault: why it could not be read, and the CamelCase reason; None if it could.
        cut_off: whether more of its directory was left unread.
    """

    name: str
    data: bytes = b""
    fault: tuple[str, str] | None = None
    cut_off: bool = False


def read_files(paths: Sequence[str | Path]) -> Iterator[SourceFile]:
    """Yield the files that `paths` name, directories in depth, in sorted order and each file once.

    In a directory only ``*.yaml``, ``*.yml`` and ``*.json`` count, and hidden names are passed over,
    so that the ``..data`` directories of a mounted ConfigMap are not read a second time. What cannot be
    read or looked at is yielded with its fault, and the rest is read. ``-`` is standard input.
    """
    walk = _Walk()
    for path in paths:
        if path == STDIN:
            yield SourceFile(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1))
        else:
            yield from walk.enter(Path(path), ())


class _Walk:
    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._looked_at = 0

    def enter(self, path: Path, above: tuple[str, ...]) -> Iterator[SourceFile]:
        if not above and path.is_fifo():  # what a shell makes of <(command); its link leads to no name
            yield from self._file(path)
            return
        try:
            real = os.path.realpath(path, strict=True)
            is_directory = stat.S_ISDIR(path.stat().st_mode)
        except OSError as error:
            yield _unreadable(path, error)
            return
        if real in above:
            yield SourceFile(str(path), fault=("SymlinkLoop", "leads back to a directory above it"))
        elif len(above) >= MAX_LEVELS:
            yield SourceFile(str(path), fault=("TooDeep", f"is deeper than {MAX_LEVELS} directories"))
        elif real not in self._seen:
            self._seen.add(real)
            yield from self._directory(path, (*above, real)) if is_directory else self._file(path)

    def _directory(self, path: Path, above: tuple[str, ...]) -> Iterator[SourceFile]:
        try:
            children = sorted(path.iterdir())
        except OSError as error:
            yield _unreadable(path, error)
            return
        for child in children:
            self._looked_at += 1
            if self._looked_at == MAX_ENTRIES:
                text = f"holds the last of {MAX_ENTRIES:,} entries that are looked at; the rest is not read"
                yield SourceFile(str(path), fault=("TooManyEntries", text), cut_off=True)
            if self._looked_at < MAX_ENTRIES and not child.name.startswith("."):
                yield from self._child(child, above)

    def _child(self, path: Path, above: tuple[str, ...]) -> Iterator[SourceFile]:
        is_manifest = path.name.endswith(SUFFIXES)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            # What it would be is unknown: perhaps a directory of manifests. Path.is_symlink would raise.
            if not isinstance(error, FileNotFoundError) or is_manifest or os.path.islink(path):  # noqa: PTH114
                yield _unreadable(path, error)
            return
        if stat.S_ISDIR(mode) or (is_manifest and stat.S_ISREG(mode)):
            yield from self.enter(path, above)
        elif is_manifest:  # to open a pipe would wait for its other end
            yield SourceFile(str(path), fault=("Unreadable", "is not a file"))

    def _file(self, path: Path) -> Iterator[SourceFile]:
        try:
            with path.open("rb") as file:
                yield SourceFile(str(path), file.read(MAX_BYTES + 1))
        except OSError as error:
            yield _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> SourceFile:
    return SourceFile(str(path), fault=("Unreadable", (error.strerror or "cannot be read").lower()))
