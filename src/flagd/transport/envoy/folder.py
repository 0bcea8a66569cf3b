"""Folder: the temporary folder of one flagd. Those that others left who were killed are removed by the next.

A lock says that one is in use: the system releases it whatever ends its holder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "flagd-"
LOCK = "lock"


class Folder:
    """A folder that nobody else can look into, from `make` to `remove`."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def make(cls) -> Folder:
        """Return a new one, and remove what is left of others. Raises OSError, which says what is needed."""
        try:
            path = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = _locked(path / LOCK)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            raise OSError(
                f"a writable temporary folder is needed for some KiB, and none was found ({reason}): "
                "mount one at /tmp, or name one in the environment variable TMPDIR"
            ) from error
        remove_left(path.parent)
        return cls(path, lock)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _locked(path: Path) -> int:
    """Make the file `path` and return its descriptor. It has its name only once it is locked: others may be looking."""
    making = path.with_suffix(".new")
    lock = os.open(making, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    making.rename(path)
    return lock


def remove_left(parent: Path) -> list[Path]:
    """Remove the folders in `parent` that nobody uses any more, and return them. What cannot be removed stays."""
    return [path for path in parent.glob(f"{PREFIX}*") if _is_left(path)]


def _is_left(path: Path) -> bool:
    """Return whether `path` was ours and is in nobody's use; then it is gone now."""
    try:
        if path.is_symlink() or path.stat().st_uid != os.geteuid():
            return False
        lock = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
