"""JsonLines: events in a file, one a line, as Amplitude takes them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flagd.tracking.event import Event

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


class JsonLines:
    """Appends to a file, which is opened for each batch: it may be moved away, and forks may share it."""

    def __init__(self, path: Path | str) -> None:
        """Append to `path`; what is created is for its owner alone, for it names users."""
        self._path = path

    def __call__(self, events: Sequence[Event]) -> None:
        """Append `events` in one write. Raises OSError."""
        lines = [json.dumps(event.as_json(), ensure_ascii=False, default=str) for event in events]
        data = "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")
        descriptor = os.open(self._path, _FLAGS, 0o600)
        with open(descriptor, "ab", buffering=0) as file:  # noqa: PTH123 - of a descriptor, for the mode
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) or 0 :]
