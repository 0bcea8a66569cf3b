"""Ending: how a run of `flagctl` ends, as an exit code and in words; what went wrong is never shown as a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

import click

from flagctl.failure import BrokenPipe, Bug, Unreachable
from flagctl.group import flagctl
from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACEBACK = "FLAGCTL_TRACEBACK"
"""Variable that has the traceback of a bug shown too."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, that of the process unless given; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return _run(arguments)
    except BrokenPipeError:
        return _abandon_output(BrokenPipe.exit_code)
    except OSError as error:  # of standard input or output: what is wrong with a file is said where it is read
        return _end(Unreachable(_said(error)))
    except Exception as error:  # noqa: BLE001 - the last resort
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _end(Bug(f"{type(error).__name__}: {printable(str(error))[:200]}"))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = flagctl.main(
            args=arguments,
            prog_name="flagctl",
            standalone_mode=False,
            color=False if os.environ.get("NO_COLOR") else None,
        )
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as failure:
        return _end(failure)
    return code or 0


def _end(failure: click.ClickException) -> int:
    try:
        failure.show()
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # nobody would read it
        return _abandon_output(failure.exit_code)
    return _abandon_output(failure.exit_code) if isinstance(failure, BrokenPipe) else failure.exit_code


def _abandon_output(code: int) -> int:
    # Python flushes standard output once more on its way out and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _said(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else "standard input or output: "
    return printable(where + (error.strerror or str(error)))
