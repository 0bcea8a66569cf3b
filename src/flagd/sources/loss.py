"""Loss: which files of a folder are gone in a way in which nobody deletes: what they declared is served on.

A failed mount leaves an empty directory, a full disk an empty file. Who deletes a flag deletes a file, or some of many.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

Identity = tuple[int, int]
"""Device and inode: what differs where something was mounted, unmounted or made again."""


def identities(folder: Path, names: Iterable[str]) -> dict[str, Identity]:
    """Return `folder` and the directories in it that files called `names` lie in, as far as they are there."""
    top = "" if str(folder) == os.curdir else str(folder)  # as in the names
    found = {}
    parents = {os.path.dirname(name) for name in names}  # noqa: PTH120  # as text: there may be many
    for directory in {top, *(above for name in parents for above in (name, *_above(name)) if above.startswith(top))}:
        try:
            status = os.stat(directory or os.curdir)  # noqa: PTH116  # many, and all as text
        except OSError:
            continue
        found[directory] = (status.st_dev, status.st_ino)
    return found


def lost_files(
    before: Mapping[str, Collection[object]],
    now: Collection[str],
    directories: tuple[Mapping[str, Identity], Mapping[str, Identity]],
    declared: Collection[object],
) -> set[str]:
    """Return the names of files that are not believed to be deleted.

    A directory that is there and has lost all of several files, or even one if it is another directory than before;
    and one that is another now, of which nothing is left that was declared in it.

    Args:
        before: what each file declared, by name.
        now: names of the files that are there.
        directories: before and now, by name.
        declared: what the files that are there declare.
    """
    gone = before.keys() - set(now)
    if not gone:
        return set()
    then, present = directories
    files = Counter(above for name in before for above in _above(name))
    left = Counter(above for name in now for above in (name, *_above(name)))
    kept = Counter(above for name, refs in before.items() if _any(refs, declared) for above in _above(name))

    def is_lost(directory: str) -> bool:
        replaced = directory in then and then[directory] != present[directory]
        return ((files[directory] > 1 or replaced) and not left[directory]) or (replaced and not kept[directory])

    suspects = {directory for directory in present if files[directory] and is_lost(directory)}
    return {name for name in gone if any(above in suspects for above in _above(name))}


def _any(refs: Collection[object], declared: Collection[object]) -> bool:
    return any(ref in declared for ref in refs)


def _above(name: str) -> Iterator[str]:
    """Yield the directories that `name` lies in, from the nearest up."""
    while (parent := os.path.dirname(name)) != name:  # noqa: PTH120  # as text: there may be many
        yield parent
        name = parent
