"""`flagctl`, the program, from its first moment to its exit code: however it ends, it says why in a line or two.

It imports nothing heavy before Ctrl-C is taken care of.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended."""


def main() -> None:
    """Run `flagctl` as a program and exit."""
    _begin()
    from flagctl.ending import run

    sys.exit(run())


def complete() -> None:
    """Answer kubectl, which asks how `kubectl flags …` goes on, as the program `kubectl_complete-flags`."""
    _begin()
    from flagctl.kubectl_completion import completions

    print(completions(sys.argv[1:]))


def _begin() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave)
    from flagd.process.extra import require

    require("ctl", "flagctl")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    # At once, and not by an exception: that would show a traceback where it meets an import or the end of Python.
    os._exit(INTERRUPTED)
