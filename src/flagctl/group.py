"""Group: all commands of `flagctl`, and what its help says of them."""

from __future__ import annotations

import click

from flagctl.commands import Commands


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 success, 1 the answer is no, 2 wrong use, 3 could not reach or read.",
)
@click.version_option(package_name="flagoperator", prog_name="flagctl")
def flagctl() -> None:
    """Work with feature flags: check, compile, evaluate and explain them.

    A PATH is a file, a directory or - for standard input.

    \b
    Examples:
      flagctl lint flags/
      flagctl eval flags/ --flag new-checkout --user '{"user_id": "ann"}'
      kubectl get flagoperator -o yaml | flagctl lint -
    """
