"""Files: which files hold manifests, and their bytes, bounded."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 4 * 1024 * 1024
"""Size of a file above which it is not read; etcd takes no object above 1.5 MiB."""

MAX_LEVELS = 100
"""Directories within directories that are read."""

MAX_ENTRIES = 100_000
"""Names in all directories that are looked at: a link may lead to a whole file system."""

SUFFIXES = (".yaml", ".yml", ".json")

Stamp = tuple[int, ...]

STDIN = "-"
"""The path that stands for standard input."""


@dataclass(frozen=True)
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

    @cached_property
    def digest(self) -> bytes:
        """Hash of what is in it, or of what stands in its way."""
        return hashlib.blake2b(self.data + repr(self.fault).encode(), digest_size=16).digest()

    @property
    def is_blank(self) -> bool:
        """Whether it could be read and holds nothing but white space."""
        return self.fault is None and not self.data.strip()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file that is to be read, or what stands in its way.

    Attributes:
        name: the path as the user knows it.
        stamp: what changes whenever its content does; empty where it was not looked at, or is a pipe.
        fault: why it cannot be read, as that of a SourceFile.
        cut_off: whether more of its directory was left unread.
    """

    name: str
    stamp: Stamp = ()
    fault: tuple[str, str] | None = None
    cut_off: bool = False

    def read(self) -> SourceFile:
        """Return it with its bytes."""
        if self.fault is not None:
            return SourceFile(self.name, fault=self.fault, cut_off=self.cut_off)
        if self.name == STDIN:
            return SourceFile(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1))
        try:
            with Path(self.name).open("rb") as file:
                return SourceFile(self.name, _bytes(file, self.stamp[_SIZE] if self.stamp else MAX_BYTES))
        except OSError as error:
            return _unreadable(self.name, error).read()


def read_files(paths: Sequence[str | Path]) -> Iterator[SourceFile]:
    """Yield the files that `paths` name, directories in depth, in sorted order and each file once.

    In a directory only ``*.yaml``, ``*.yml`` and ``*.json`` count, and hidden names are passed over,
    so that the ``..data`` directories of a mounted ConfigMap are not read a second time. What cannot be
    read or looked at is yielded with its fault, and the rest is read. ``-`` is standard input.
    """
    return (found.read() for found in find_files(paths))


def find_files(paths: Sequence[str | Path]) -> Iterator[FoundFile]:
    """Yield what `read_files` reads, without reading it."""
    walk = _Walk()
    for path in paths:
        if path == STDIN:
            yield FoundFile(STDIN)
        else:
            yield from walk.enter(str(Path(path)), ())


class _Walk:
    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._looked_at = 0

    def enter(self, path: str, above: tuple[str, ...]) -> Iterator[FoundFile]:
        """Look at what was named, or at a directory within `above`, the real paths of those it is in."""
        try:
            if not above and Path(path).is_fifo():  # what a shell makes of <(command); its link leads to no name
                yield FoundFile(path)
                return
            real, status = os.path.realpath(path, strict=True), os.stat(path)  # noqa: PTH116
        except OSError as error:
            yield _unreadable(path, error)
            return
        if real in above:
            yield FoundFile(path, fault=("SymlinkLoop", "leads back to a directory above it"))
        else:
            yield from self._found(path, real, status, above)

    def _found(self, path: str, real: str, status: os.stat_result, above: tuple[str, ...]) -> Iterator[FoundFile]:
        if len(above) >= MAX_LEVELS:
            yield FoundFile(path, fault=("TooDeep", f"is deeper than {MAX_LEVELS} directories"))
        elif real not in self._seen:
            self._seen.add(real)
            if stat.S_ISDIR(status.st_mode):
                yield from self._directory(path, (*above, real))
            else:
                yield FoundFile(path, _stamp(status))

    def _directory(self, path: str, above: tuple[str, ...]) -> Iterator[FoundFile]:
        try:
            with os.scandir(path) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield _unreadable(path, error)
            return
        for child in children:
            self._looked_at += 1
            if self._looked_at == MAX_ENTRIES:
                text = f"holds the last of {MAX_ENTRIES:,} entries that are looked at; the rest is not read"
                yield FoundFile(path, fault=("TooManyEntries", text), cut_off=True)
            if self._looked_at < MAX_ENTRIES and not child.name.startswith("."):
                yield from self._child(child, above)

    def _child(self, child: os.DirEntry[str], above: tuple[str, ...]) -> Iterator[FoundFile]:
        is_manifest = child.name.endswith(SUFFIXES)
        try:
            status = child.stat()
        except OSError as error:
            # What it would be is unknown: perhaps a directory of manifests. DirEntry.is_symlink may raise.
            if not isinstance(error, FileNotFoundError) or is_manifest or os.path.islink(child.path):  # noqa: PTH114
                yield _unreadable(child.path, error)
            return
        if stat.S_ISDIR(status.st_mode) or (is_manifest and child.is_symlink() and stat.S_ISREG(status.st_mode)):
            yield from self.enter(child.path, above)
        elif is_manifest and stat.S_ISREG(status.st_mode):
            # No link: where it really is need not be asked, which takes longer than all the rest.
            yield from self._found(child.path, os.path.join(above[-1], child.name), status, above)  # noqa: PTH118
        elif is_manifest:  # to open a pipe would wait for its other end
            yield FoundFile(child.path, fault=("Unreadable", "is not a file"))


def _bytes(file: BinaryIO, size: int) -> bytes:
    """Return the first bytes of `file`, which had `size`: to make room for the most takes longer than to read it."""
    data = file.read(min(size, MAX_BYTES) + 1)
    return data if len(data) <= size else data + file.read(MAX_BYTES + 1 - len(data))


_SIZE = 2


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _unreadable(path: str, error: OSError) -> FoundFile:
    return FoundFile(path, fault=("Unreadable", (error.strerror or "cannot be read").lower()))
