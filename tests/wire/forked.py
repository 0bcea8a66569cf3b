"""Forked: a program of ours as a process of its own, without the seconds that its imports take each time.

Tests start hundreds of operators and replicas. `fork_server.py` imports what one needs once for each file of tests, so
that hash seeds vary; what it starts runs the installed script from its first line to its exit code.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tests.surroundings import OF_PYTEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

SERVER = Path(__file__).with_name("fork_server.py")
BIN = Path(sys.executable).parent
OPERATOR = ("flagoperator.cli", "flagoperator.run.run", "flagoperator.cluster.watch")
PROGRAMS = {
    BIN / "flagd": ("flagd.cli", "flagd.server.application", "flagd.server.serve", "flagd.sources.operator"),
    BIN / "flagoperator": OPERATOR,
    SERVER.parents[1] / "cluster/clocked_operator.py": OPERATOR,
}
"""What each has imported once it runs."""


def _of_imports() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.startswith(("PYTHON", "GRPC"))}


OF_IMPORTS = _of_imports()
"""What counts before a program's first line, or when it imports."""


class Forked:
    """One such process, as `subprocess.Popen` would have it."""

    def __init__(self, server: socket.socket, words: Sequence[str]) -> None:
        self._words = words
        self._code: int | None = None
        self._waiting = threading.Lock()
        (errors, its_errors), (told, telling) = os.pipe(), os.pipe()
        message = json.dumps([words, str(Path.cwd()), dict(os.environ)]).encode()
        socket.send_fds(server, [message], [1, its_errors, telling])
        os.close(its_errors)
        os.close(telling)
        self.stderr, self._told = os.fdopen(errors), os.fdopen(told)
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._end(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code. Raises TimeoutExpired."""
        if (code := self._end(timeout)) is None:
            raise subprocess.TimeoutExpired(self._words, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _end(self, seconds: float | None) -> int | None:
        if not self._waiting.acquire(timeout=-1 if seconds is None else seconds):
            return self._code
        try:
            if self._code is None and _readable(self._told, seconds):
                self._code = int(self._told.readline())
                self._told.close()
        finally:
            self._waiting.release()
        return self._code


def _readable(file: TextIO, seconds: float | None) -> bool:
    ready = select.poll()
    ready.register(file, select.POLLIN)
    return bool(ready.poll(None if seconds is None else seconds * 1000))


class _Server:
    """The fork server of one program in one file of tests."""

    def __init__(self, modules: Sequence[str], file: str) -> None:
        self.file = file
        self.asking, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        descriptor = its_end.fileno()
        command = [sys.executable, "-P", str(SERVER), str(descriptor), *modules]
        self.process = subprocess.Popen(command, pass_fds=[descriptor])
        its_end.close()


_servers: dict[Sequence[str], _Server] = {}
_retired: list[_Server] = []


def start(command: Sequence[str]) -> Forked | subprocess.Popen[str]:
    """Start a program with a pipe for its standard error.

    It is executed as usual if it is none of ours, if the test has set what imports depend on, or if no test asks but a
    benchmark: it measures how long imports take.
    """
    words = command[1:] if command[0] == sys.executable else command
    modules = PROGRAMS.get(Path(words[0]))
    if modules is None or OF_PYTEST not in os.environ or _of_imports() != OF_IMPORTS:
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    return Forked(_server(modules).asking, words)


def _server(modules: Sequence[str]) -> _Server:
    file = os.environ[OF_PYTEST].partition("::")[0]
    found = _servers.get(modules)
    if found is None or found.file != file:
        _retire(found)
        found = _servers[modules] = _Server(modules, file)
    return found


def _retire(server: _Server | None) -> None:
    """Have a server end once all that it started has ended, and forget those that have."""
    if server is not None:
        server.asking.close()
        _retired.append(server)
    _retired[:] = [each for each in _retired if each.process.poll() is None]
