from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flagctl.commands import ROOMS, SECTIONS
from flagctl.group import flagctl
from tests.unit.flagctl.conftest import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import click
    from click.testing import Result

    Run = Callable[..., Result]
    Program = Callable[..., subprocess.CompletedProcess[str]]


def commands(name: str) -> list[tuple[str, click.Command]]:
    import click

    command = flagctl.get_command(click.Context(flagctl), name)
    assert command is not None
    if isinstance(command, click.Group):
        return [(f"{name} {sub}", each) for sub, each in command.commands.items()]
    return [(name, command)]


EVERY = [pair for name in ROOMS for pair in commands(name)]


def test_help_lists_every_command(run: Run) -> None:
    shown = run("--help").stdout
    lines = [(name, text) for section in SECTIONS for name, text in section.verbs.items()]
    assert all(f"\n  {name} " in shown and text in shown for name, text in lines)
    assert all(f"\n{section.title}:\n" in shown for section in SECTIONS)


def test_help_imports_neither_grpc_nor_pydantic_nor_kopf() -> None:
    script = (
        "import sys; from flagctl.group import flagctl; flagctl.main(['--help'], standalone_mode=False);"
        "heavy = {'grpc', 'google.protobuf', 'pydantic', 'yaml', 'kopf', 'flagd.engine'} & sys.modules.keys();"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_help_of_every_command_shows_examples_that_call_it(name: str, command: click.Command, run: Run) -> None:
    shown = run(*name.split(), "--help").stdout
    _, _, examples = shown.partition("Examples:\n")
    assert f"flagctl {name}" in examples
    assert command.help is not None


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_every_option_has_help(name: str, command: click.Command) -> None:
    import click

    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert name


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    from importlib.metadata import version

    assert run("--version").stdout == f"flagctl, version {version('flagoperator')}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lnt"], 'no command "lnt"; did you mean "lint"?'),
        (["key", "nwe"], "No such command 'nwe'"),
        (["lint"], "Missing argument 'PATH…'"),
        (["--nope"], "No such option"),
        (["lint", "--output", "xml", "-"], "'xml' is not one of"),
    ],
)
def test_wrong_use_exits_2_and_says_what_is_right(arguments: list[str], message: str, run: Run) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_the_program_ends_with_the_exit_code_of_the_command(program: Program) -> None:
    done = program("lint", "no-such-directory")
    assert done.returncode == 3
    assert done.stderr == 'Error: there is no "no-such-directory"\n'


def test_ctrl_c_ends_quietly_with_130(tmp_path: Path) -> None:
    fifo = tmp_path / "flags.yaml"
    os.mkfifo(fifo)
    process = subprocess.Popen([PROGRAM, "lint", fifo], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with fifo.open("w"):  # opens when flagctl reads at the other end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.strip() == err.strip() == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "wb") as pipe:
        done = subprocess.run([PROGRAM, "--help"], stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 141
    assert done.stderr == b""


def on_terminal(*arguments: str | Path, **environment: str) -> str:
    """Return what flagctl prints to a terminal."""
    controller, terminal = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=terminal, stdout=terminal, stderr=terminal, env={**clean, **environment}
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:  # Linux's way of saying that the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(controller)
    process.wait(60)
    return shown.decode()


def test_colour_is_for_terminals_only(program: Program, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: flagoperator.dev/v1alpha1\nkind: Flagg\nmetadata: {name: a}\n")
    assert "\x1b[31m" in on_terminal("lint", bad)
    assert "\x1b[" not in on_terminal("lint", bad, NO_COLOR="1")
    assert "\x1b[" not in program("lint", bad).stdout
