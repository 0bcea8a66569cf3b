"""Writing: text files, whole or not at all: a full disk or Ctrl-C leaves neither half of a file nor an empty one."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path


def create_text(path: Path, text: str) -> None:
    """Write `text` to a file that is not there yet. Raises OSError: FileExistsError where it is."""
    file = path.open("x", encoding="utf-8", newline="")
    try:
        with file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def replace_text(path: Path, text: str) -> None:
    """Write `text` to a file, there or not; a link stays one. Raises OSError, and then it is as before."""
    real, data = Path(os.path.realpath(path)), text.encode()
    if real.exists() and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if (real.exists() and not real.is_file()) or not os.access(real.parent, os.W_OK):
        real.write_bytes(data)  # a device or a pipe; or nothing can be put beside it
        return
    beside = real.with_name(f".{real.name}.{os.getpid()}.tmp")
    try:
        _write(beside, data)
        if real.exists():
            shutil.copymode(real, beside)
        beside.replace(real)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno != errno.EBUSY:
            raise
        real.write_bytes(data)  # mounted by itself, as into a container
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
