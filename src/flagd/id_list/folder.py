"""Folder: reads lists that are files of a folder, and tells when one changed."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.id_list.id_list import IdList, ListError
from flagd.id_list.parser import ListParser

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from flagd.manifest.parts.list_origin import ListOrigin

PIECE_BYTES = 256 * 1024
"""How much is read at a time."""

Stamp = tuple[int, ...]
"""What differs between two states of a file."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """One file of ids in a folder.

    Attributes:
        folder: outside of which nothing is read, whatever links lead there.
        origin: the path in it, and which column.
    """

    folder: Path
    origin: ListOrigin

    def stamp(self) -> Stamp | None:
        """Return what tells this state of the file from another; None where it is not there, or cannot be looked at."""
        try:
            return _stamp((self.folder / self.origin.path).stat())
        except OSError:
            return None

    def read(self) -> IdList:
        """Return the list. Raises ListError where there is none, or it changes while it is read."""
        try:
            with self._open() as file:
                return self._parse(file)
        except OSError as error:
            raise ListError(f"it cannot be read: {(error.strerror or str(error)).lower()}") from None

    def _open(self) -> BufferedReader:
        path = (self.folder / self.origin.path).resolve(strict=True)
        if not path.is_relative_to(self.folder.resolve()):
            raise ListError("it is a link that leads out of the folder")
        # Non-blocking: to open a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        file = os.fdopen(descriptor, "rb")
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return file
        file.close()
        raise ListError("it is not a file")

    def _parse(self, file: BufferedReader) -> IdList:
        before = os.fstat(file.fileno())
        parser = ListParser(self.origin.path, self.origin.column)
        while piece := file.read(PIECE_BYTES):
            parser.feed(piece)
        ids = parser.finish()
        if _stamp(os.fstat(file.fileno())) != _stamp(before):
            raise ListError("it changed while it was read")
        return IdList(ids, max(1, int(before.st_mtime)))


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
