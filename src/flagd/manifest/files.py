"""Files: which files hold manifests, and their bytes, bounded."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 4 * 1024 * 1024
"""Size of a file above which it is not read; etcd takes no object above 1.5 MiB."""

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
    """

    name: str
    data: bytes = b""
    fault: tuple[str, str] | None = None


def read_files(paths: Sequence[str | Path]) -> Iterator[SourceFile]:
    """Yield the files that `paths` name, directories in depth, in sorted order and each file once.

    In a directory only ``*.yaml``, ``*.yml`` and ``*.json`` count, and hidden names are passed over,
    so that the ``..data`` directories of a mounted ConfigMap are not read a second time.
    ``-`` is standard input.
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

    def enter(self, path: Path, above: tuple[str, ...]) -> Iterator[SourceFile]:
        try:
            real = os.path.realpath(path, strict=True)
        except OSError as error:
            yield SourceFile(str(path), fault=("Unreadable", _reason(error)))
            return
        if real in above:
            yield SourceFile(str(path), fault=("SymlinkLoop", "leads back to a directory above it"))
        elif real not in self._seen:
            self._seen.add(real)
            yield from self._directory(path, (*above, real)) if path.is_dir() else self._file(path)

    def _directory(self, path: Path, above: tuple[str, ...]) -> Iterator[SourceFile]:
        try:
            children = sorted(path.iterdir())
        except OSError as error:
            yield SourceFile(str(path), fault=("Unreadable", _reason(error)))
            return
        for child in children:
            if not child.name.startswith(".") and (child.is_dir() or _is_manifest(child)):
                yield from self.enter(child, above)

    def _file(self, path: Path) -> Iterator[SourceFile]:
        try:
            with path.open("rb") as file:
                yield SourceFile(str(path), file.read(MAX_BYTES + 1))
        except OSError as error:
            yield SourceFile(str(path), fault=("Unreadable", _reason(error)))


def _is_manifest(path: Path) -> bool:
    # A link that leads nowhere is neither file nor directory, and worth a word.
    return path.name.endswith(SUFFIXES) and (path.is_file() or not path.exists())


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
