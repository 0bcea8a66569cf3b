"""AuditLog: what an API server wrote down about calls. Each line is parsed once, however often tests look."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class AuditLog:
    """The log in one file, which only grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read = 0
        self._entries: list[dict[str, Any]] = []

    def entries(self) -> list[dict[str, Any]]:
        """Return every entry so far; of who was turned away because nobody knows who that is, the username is empty."""
        with self._lock, self._path.open("rb") as file:
            file.seek(self._read)
            complete = file.read().rpartition(b"\n")[0]
            self._read += len(complete) + 1 if complete else 0
            for line in complete.splitlines():
                entry = json.loads(line)
                entry["user"].setdefault("username", "")
                self._entries.append(entry)
            return list(self._entries)
