"""Folder reader: the files of a folder, of which those are not read again that are surely as they were.

What the file system says of a file is believed where that is long enough ago (`stamps.py`), and never for long: now and
then all is read, since network file systems answer of files they were asked for lately what they answered then.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flagd.manifest.reading.files import find_files
from flagd.manifest.reading.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flagd.manifest.reading.files import FoundFile
    from flagd.sources.manifests import ManifestFile, Source

WHOLE_SECONDS = 10.0
"""How long the file system is believed before all files are read again."""


class FolderReader:
    """Reads a folder again and again. Used by one thread at a time."""

    def __init__(self, folder: Path, stamps: Stamps | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._stamps = stamps or Stamps()
        self._clock = clock
        self._digests: dict[str, bytes] = {}
        self._whole = clock()

    def forget(self) -> None:
        """Have every file read the next time."""
        self._stamps.keep(())

    def read(self, taken: Mapping[str, ManifestFile]) -> list[Source]:
        """Return every manifest file, read or as in `taken`, what was made of the files of a reading before.

        Raises OSError when the folder cannot be read, or has too many files.
        """
        if self._clock() - self._whole >= WHOLE_SECONDS:
            self.forget()
            self._whole = self._clock()
        next(self._folder.iterdir(), None)
        sources = [self._source(found, taken.get(found.name)) for found in find_files([self._folder])]
        self._digests = {source.name: source.digest for source in sources}
        self._stamps.keep(self._digests)
        return sources

    def _source(self, found: FoundFile, taken: ManifestFile | None) -> Source:
        is_same = self._stamps.is_same(found)
        # What was read may never have been taken.
        if is_same and taken is not None and taken.digest == self._digests.get(found.name):
            return taken
        source = found.read()
        if source.fault is not None:
            if source.cut_off:
                raise OSError(f"{source.name}: {source.fault[1]}")
            self._stamps.forget(found.name)
        return source
