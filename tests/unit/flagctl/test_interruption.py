from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest

from tests.unit.flagctl.conftest import PROGRAM

SCRIPT = """
import os, signal, sys
from flagctl.interruption import before_the_end
signal.signal(signal.SIGINT, lambda *_: os._exit(130))
with before_the_end(lambda: print("put right", flush=True)):
    os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_something_is_put_right_and_the_program_ends_as_it_would_have(number: signal.Signals, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(int(number))], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (code, "put right\n")


@pytest.mark.parametrize(("keys", "code"), [(b"\x03", 130), (b"\x04", 2)])
def test_a_terminal_that_was_asked_for_a_key_shows_again_what_is_typed(keys: bytes, code: int) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.execv(PROGRAM, [str(PROGRAM), "key", "hash"])  # noqa: S606
    shown = b""
    while b"key: " not in shown:
        shown += os.read(terminal, 100)
    os.write(terminal, keys)
    _, status = os.waitpid(process, 0)
    echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    os.close(terminal)
    assert (os.waitstatus_to_exitcode(status), echoes) == (code, True)
