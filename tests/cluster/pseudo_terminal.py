"""Pseudo-terminal: a program at a terminal, and the screen that somebody sitting there sees."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# It gets the terminal for its own, so that a typed Ctrl-C becomes a signal.
_AT_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_CONTROL = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])")


class PseudoTerminal:
    """Use it as a context manager; the program is ended at the end."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (30, 100)) -> None:
        """`size` are rows and columns."""
        self._ours, theirs = os.openpty()
        self._size = size
        self.resize(*size)
        at_terminal: list[str] = [sys.executable, "-c", _AT_TERMINAL, *words]
        self.process = subprocess.Popen(at_terminal, env=dict(environment), stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self.written = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def resize(self, rows: int, columns: int) -> None:
        """Make the window another size, as a mouse does; forget what was written for the one before."""
        self._size = rows, columns
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = ""

    def press(self, keys: str) -> None:
        """Type `keys`; Ctrl-C is ``\\x03``."""
        os.write(self._ours, keys.encode())

    def read(self) -> str:
        """Return all that was written until now, since the last resize."""
        while select.select([self._ours], [], [], 0.1)[0]:
            try:
                self.written += os.read(self._ours, 65_536).decode(errors="replace")
            except OSError:  # the program has ended
                break
        return self.written

    def screen(self) -> list[str]:
        """Return the lines that are to be seen, without those that are empty."""
        rows, columns = self._size
        screen = _Screen(rows, columns)
        screen.write(self.read())
        return [line.rstrip() for line in screen.lines if line.strip()]


class _Screen:
    """Knows as much of a terminal as is used: home, erase, up, and lines that scroll."""

    def __init__(self, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        self.lines = [""] * rows
        self._row = self._column = 0

    def write(self, text: str) -> None:
        at = 0
        while at < len(text):
            control = _CONTROL.match(text, at)
            if control:
                self._obey(control[1], control[2])
                at = control.end()
                continue
            self._put(text[at])
            at += 1

    def _put(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._feed()
        elif character.isprintable():
            if self._column == self._columns:
                self._column = 0
                self._feed()
            line = self.lines[self._row].ljust(self._column)
            self.lines[self._row] = line[: self._column] + character + line[self._column + 1 :]
            self._column += 1

    def _feed(self) -> None:
        if self._row == self._rows - 1:
            self.lines = [*self.lines[1:], ""]
        else:
            self._row += 1

    def _obey(self, argument: str, what: str) -> None:
        obeyed: dict[str, Any] = {
            "H": self._home,
            "J": self._erase,
            "K": lambda: self.lines.__setitem__(self._row, ""),
            "A": lambda: setattr(self, "_row", max(0, self._row - int(argument or 1))),
            "h": self._erase if argument == "?1049" else None,
            "l": self._erase if argument == "?1049" else None,
        }
        if (act := obeyed.get(what)) is not None:
            act()

    def _home(self) -> None:
        self._row = self._column = 0

    def _erase(self) -> None:
        self.lines = [""] * self._rows
        self._home()
