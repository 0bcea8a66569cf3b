"""`flagctl`: composes the commands and turns how they end into exit codes."""

from __future__ import annotations

import os
import sys

import click

from flagoperator.ctl.commands import Commands
from flagoperator.ctl.failure import INTERRUPTED, BrokenPipe


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 the answer is no, 2 wrong use, 3 could not reach or read.",
)
@click.version_option(package_name="flagoperator", prog_name="flagctl")
def flagctl() -> None:
    """Work with feature flags: check, compile, evaluate and explain them.

    Wherever a PATH is taken it may be a file, a directory or - for standard input.

    \b
    Examples:
      flagctl lint flags/
      flagctl eval flags/ --flag new-checkout --user '{"user_id": "ann"}'
      kubectl get flags -o yaml | flagctl lint -
    """


def main() -> None:
    """Run `flagctl` as a program and exit."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = flagctl.main(
            prog_name="flagctl", standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None
        )
        sys.stdout.flush()
    except BrokenPipeError:
        return _abandon_output()
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as failure:
        failure.show()
        return _abandon_output() if isinstance(failure, BrokenPipe) else failure.exit_code
    return code or 0


def _abandon_output() -> int:
    # Python flushes standard output once more on its way out and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BrokenPipe.exit_code
