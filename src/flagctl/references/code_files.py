"""Code files: the files of some folders that may name flags.

In a repository those that Git has or would take, elsewhere all that is not hidden.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.files.git import git, top_of
from flagctl.files.manifests import STDIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MAX_BYTES = 4 * 1024 * 1024
"""Size of a file above which it is taken for data, not code."""
_LOOKED_AT = 8192


def code_files(paths: Collection[str], without: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield path and text of each file of code in `paths`, sorted, each once.

    What is binary, a link, larger than `MAX_BYTES` or below one of `without` is passed over.
    """
    left_out = [Path(path).resolve() for path in without if path != STDIN]
    seen: set[Path] = set()
    for file in (file for path in paths for file in _files(Path(path))):
        whole = file.resolve()
        if whole not in seen and not any(whole.is_relative_to(each) for each in left_out):
            seen.add(whole)
            text = _text(file)
            if text is not None:
                yield str(file), text


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    listed = None
    if top_of(path) is not None:
        listed = git(path, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        yield from _walked(path)
        return
    names = {name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name}
    yield from (path / name for name in sorted(names))


def _walked(path: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _text(file: Path) -> str | None:
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
            return None
        data = file.read_bytes()
    except OSError:
        return None  # it is gone, or not ours to read
    return None if b"\0" in data[:_LOOKED_AT] else data.decode(errors="replace")
