"""Terminal: does what a reader of a page does, in a folder that looks like a fresh clone."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import chdir, redirect_stderr, redirect_stdout
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from flagctl import ending
from flagd.transport.envoy import missing
from tests.docs.page import ROOT, Block, commands, pattern
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.docs.page import Command

TIMEOUT = 120.0
"""Seconds for one command, or for a server to say what the page says it says."""

TOOLS = ROOT / "requirements" / "node_modules" / ".bin"
"""Where `make tools` puts buf."""

CLIENTS = ROOT / ".venvs" / "clients" / "bin"
NODE_CLIENTS = ROOT / "tests" / "wire" / "clients" / "node" / "node_modules"
"""Where `make clients` puts clients that are not ours."""

_PAGES = "flagctl dashboard"
_SERVERS = ("flagd serve", "make run", _PAGES)


class Terminal:
    """Runs the blocks of one page one after another. Servers run on until the next one, or the end of the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"8013": free_port(), "8014": free_port(), "8020": free_port()}
        self.server: Server | None = None
        self.exit_code = 0
        self.skipped: list[str] = []
        for name in ("examples", "protos", "scripts", "Makefile", "requirements", "pyproject.toml"):
            _copy(ROOT / name, folder / name)
        _borrow(Path(sys.prefix), folder / ".venv")
        self.environment = {
            "PATH": os.pathsep.join(map(str, (Path(sys.prefix) / "bin", TOOLS, os.environ["PATH"]))),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "error",
            "COLUMNS": "120",
            "FLAGSERVICE_LISTEN": f"127.0.0.1:{self.ports['8013']}",
            "FLAGSERVICE_MANAGEMENT_LISTEN": f"127.0.0.1:{self.ports['8014']}",
            "DASHBOARD_LISTEN": f"127.0.0.1:{self.ports['8020']}",
        }

    def borrow_clients(self) -> None:
        """Let `python` and `node` find the clients that are not ours, as if their reader had installed them."""
        self.environment["PATH"] = os.pathsep.join((str(CLIENTS), self.environment["PATH"]))
        self.environment["PYTHONWARNINGS"] = "ignore"
        (self.folder / "node_modules").symlink_to(NODE_CLIENTS)

    def write(self, block: Block) -> None:
        """Save a block under the path that the page names."""
        target = self.folder / block.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.local(block.text))

    def run(self, block: Block) -> None:
        """Run the commands of a console block and compare what they print."""
        for command in commands(block):
            lacking = self.lacking(command)
            if lacking:
                self.skipped.append(f"line {command.line}: {lacking}")
            elif command.text.startswith(_SERVERS) and "--help" not in command.text:
                self.serve(command)
            else:
                self.type(command)

    def lacking(self, command: Command) -> str | None:
        """Return what this machine lacks to run `command`; None = nothing."""
        if command.text.startswith("buf ") and not shutil.which("buf", path=self.environment["PATH"]):
            return "buf is not installed, see `make tools`"
        if command.text.startswith("curl ") and ":8013" in command.text:
            return missing()
        if command.text.startswith(("python ", "node ")) and (self.folder / "node_modules").is_symlink():
            return missing() or self.lacking_client(command.text.partition(" ")[0])
        return None

    def lacking_client(self, language: str) -> str | None:
        """Return what this machine lacks to run clients that are not ours; None = nothing."""
        if shutil.which(language, path=self.environment["PATH"]) is None:
            return f"{language} is not installed"
        there = CLIENTS if language == "python" else NODE_CLIENTS
        return None if there.exists() else "the clients are not installed, see `make clients`"

    def type(self, command: Command) -> None:
        """Run one command to its end. `$?` is the exit code of the one before."""
        text = self.local(command.text).replace("$?", str(self.exit_code))
        words = plain(text)
        code, shown = self.call(words[1:]) if words and words[0] == "flagctl" else self.shell(text)
        self.exit_code, shown = code, self.foreign(shown)
        printed = shown if shown.endswith("\n") or not shown else f"{shown}\n"
        assert pattern(command.output).fullmatch(printed), (
            f"line {command.line}: $ {command.text}\nexit code {code}, printed:\n{shown}"
        )

    def shell(self, text: str) -> tuple[int, str]:
        """Have a shell run `text` to its end; return the exit code and what it printed."""
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def call(self, words: Sequence[str]) -> tuple[int, str]:
        """Run flagctl in this process, which has what a start takes half a second to import; otherwise as `shell`."""
        printed = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, self.environment, clear=True),
            Path(os.devnull).open() as nothing,
            mock.patch("sys.stdin", nothing),
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            code = ending.run(words)
        return code, printed.buffer.getvalue().decode()

    def serve(self, command: Command) -> None:
        """Start a server and wait until it has said every line that the page shows, in any order, or until it answers.

        Its tasks run side by side: which of them is first to log is not promised.
        """
        self.stop()
        expected = [pattern((line,)) for line in command.output or () if line.strip() != "…"]
        self.server = Server(self.local(command.text), self.folder, self.environment)

        def said(output: str) -> bool:
            lines = self.foreign(output).splitlines(keepends=True)
            return all(any(map(each.fullmatch, lines)) for each in expected)

        assert self.server.says(said), f"line {command.line}: $ {command.text}\n{self.server.output}"
        if command.text.startswith(_PAGES):
            return  # it says where it is once it answers
        assert self.server.ready(self.ports["8014"]), f"line {command.line}: not ready\n{self.server.output}"

    def stop(self) -> None:
        """Stop the server as Ctrl-C does. It must end by itself and be content."""
        server, self.server = self.server, None
        if server is not None:
            code = server.stop()
            assert code == 0 or (server.command.startswith("make") and code == -signal.SIGINT), server.output

    def local(self, text: str) -> str:
        """Replace the ports of the page by free ones."""
        for known, port in self.ports.items():
            text = re.sub(rf"\b{known}\b", str(port), text)
        return text

    def foreign(self, text: str) -> str:
        """Replace the free ports by those of the page."""
        for known, port in self.ports.items():
            text = text.replace(f":{port}", f":{known}")
        return text


class Server:
    """A command that runs until it is stopped, and what it has printed so far."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str]) -> None:
        self.command = command
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, enough: Callable[[str], bool]) -> bool:
        """Wait until the output is `enough`. Returns whether it is, in time."""
        with self._news:
            return self._news.wait_for(lambda: self._ended or enough(self.output), TIMEOUT) and not self._ended

    def ready(self, port: int) -> bool:
        """Wait until the management port says so. Returns whether it does before the process ends."""
        while not self._ended:
            connection = HTTPConnection("127.0.0.1", port, timeout=1)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == HTTPStatus.OK:
                    return True
            except OSError:
                pass
            finally:
                connection.close()
            with self._news:
                self._news.wait(0.05)
        return False

    def stop(self) -> int:
        """Send SIGINT to everything the command started, as a terminal does, and return the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            return self._process.wait(TIMEOUT)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join(TIMEOUT)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.output += line
                self._news.notify_all()
        self._process.stdout.close()
        with self._news:
            self._ended = True
            self._news.notify_all()


def plain(text: str) -> list[str] | None:
    """Split a command into its words; None = only a shell can, since it holds more than words and quotes."""
    joined = text.replace("\\\n", " ")
    unquoted = re.sub(r"""'[^']*'|"[^"$`\\]*\"""", "", joined)
    return shlex.split(joined) if re.fullmatch(r"[\w\s./:=@,%+-]*", unquoted) and "\n" not in unquoted else None


def _borrow(environment: Path, target: Path) -> None:
    """Make `target` a virtual environment that shares all of another one, and that make thinks is ready."""
    target.mkdir()
    for entry in environment.iterdir():
        if not entry.name.startswith("."):
            (target / entry.name).symlink_to(entry)
    (target / ".ready").touch()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules"))
    else:
        shutil.copy(source, target)
