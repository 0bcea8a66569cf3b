"""LastGoodFile: the rulesets served last, in one file, so that a restart answers without its source.

The file is a line of text and a body of JSON::

    flagd-last-good 1 <sha256 of the body> <bytes of the body>\\n
    {"asOf": 1767225600.0, "rulesets": [...]}

Nothing of it is believed before its size, version, checksum and revisions have been checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.ruleset import Ruleset, canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAGIC = b"flagd-last-good"
VERSION = b"1"
FILE_NAME = "last-good.ruleset"
HEADER_BYTES = 128
MAX_BYTES = 512 * 1024 * 1024
"""Largest file that is read."""


class StateError(Exception):
    """The file cannot be used; the message says why, in words for the log."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept.

    Attributes:
        rulesets: by project.
        as_of: when their source last knew them to be current, in seconds since 1970.
    """

    rulesets: Mapping[str, Ruleset]
    as_of: float


class LastGoodFile:
    """The file in a folder of its own."""

    def __init__(self, folder: Path, name: str = FILE_NAME) -> None:
        self._folder = folder
        self._path = folder / name

    def read(self) -> State | None:
        """Return what was written last, or None when nothing was. Raises StateError for what cannot be used."""
        try:
            data = _read(self._path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateError((error.strerror or "it cannot be read").lower()) from error
        return decode(data)

    def write(self, state: State) -> None:
        """Replace the file as a whole, or leave it as it was. Raises StateError."""
        temporary = self._folder / f"{self._path.name}.{os.getpid()}.tmp"
        try:
            _write(temporary, _encode(state))
            temporary.replace(self._path)
            _sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StateError((error.strerror or "it cannot be written").lower()) from error


def _encode(state: State) -> bytes:
    rulesets = b",".join(map(_encode_ruleset, state.rulesets.values()))
    body = b'{"asOf":%b,"rulesets":[%b]}' % (canonical_json(state.as_of), rulesets)
    return b" ".join((MAGIC, VERSION, hashlib.sha256(body).hexdigest().encode(), b"%d\n" % len(body))) + body


def _encode_ruleset(ruleset: Ruleset) -> bytes:
    # Flag by flag: between two of them other threads get their turn, and one that is slow slows no other.
    rest = ruleset.as_json()
    flags = b",".join(map(canonical_json, rest.pop("flags")))
    return b'{"flags":[%b],%b' % (flags, canonical_json(rest)[1:])


def decode(data: bytes) -> State:
    """Return what a file holds. Raises StateError for what cannot be used."""
    header, newline, body = data.partition(b"\n")
    fields = header.split(b" ")
    if not newline or fields[0] != MAGIC:
        raise StateError("it is not a file of last good rulesets")
    if fields[1:2] != [VERSION]:
        raise StateError("it was written by another version")
    if fields[2:] != [hashlib.sha256(body).hexdigest().encode(), b"%d" % len(body)]:
        raise StateError("its checksum does not fit: it is damaged")
    try:
        content = json.loads(body)
        rulesets = [Ruleset.from_json(one) for one in content["rulesets"]]
        return State({ruleset.project: ruleset for ruleset in rulesets}, float(content["asOf"]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StateError("its content is not what this version writes") from error


def _read(path: Path) -> bytes:
    # Non-blocking: a FIFO must not hold up the start. No link is followed: the folder is ours alone.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise StateError("it is not a regular file")
        if status.st_size > MAX_BYTES:
            raise StateError(f"it is larger than {MAX_BYTES} bytes")
        return file.read(MAX_BYTES + 1)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
