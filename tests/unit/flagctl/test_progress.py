from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING

from flagctl.progress import progress

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """A terminal that tells when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        self.written.set()


def test_a_long_wait_is_explained_and_the_word_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("reading manifests", patience=0):
        assert terminal.written.wait(60)
        assert terminal.getvalue() == "reading manifests …"
    assert terminal.getvalue() == "reading manifests …\r\x1b[K"


def test_a_short_wait_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("reading manifests", patience=3600):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_said_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with progress("reading manifests", patience=0):
        pass
    assert log.getvalue() == ""
