"""Failure: why a command ends without success, and the exit code that says so.

    click.ClickException
     ├─ click.UsageError   2    the command line or what was passed with it is wrong
     ├─ Refused            1    the answer is no: errors found, no such flag
     ├─ Unreachable        3    a file could not be read, a server could not be asked
     ├─ TimeIsUp           4    what was waited for has not come
     ├─ Bug                3    flagctl itself is wrong
     └─ BrokenPipe         141  nobody reads the output any more, as after `| head`

Ctrl-C ends with 130, as a shell would say it (`cli.py`).
"""

from __future__ import annotations

from typing import IO, Any

import click


class Refused(click.ClickException):
    """The answer is no."""

    exit_code = 1


class Unreachable(click.ClickException):
    """What was to be read or asked could not be reached."""

    exit_code = 3


class TimeIsUp(click.ClickException):
    """What was waited for has not come."""

    exit_code = 4


class Bug(click.ClickException):
    """Something in flagctl itself went wrong; the command line cannot be blamed."""

    exit_code = 3

    def __init__(self, what: str) -> None:
        super().__init__(f"a bug in flagctl, please report it: {what}; FLAGCTL_TRACEBACK=1 shows where")


class BrokenPipe(click.ClickException):
    """The reader of the output has gone: there is nothing to print to."""

    exit_code = 141

    def __init__(self) -> None:
        super().__init__("")

    def show(self, file: IO[Any] | None = None) -> None:
        """Say nothing."""
