"""Check: what a program refuses to do without its being said, or at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flagd.command_line.exposure import refusal
from flagd.process.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.command_line.exposure import Exposure


def check_exposure(found: Iterable[Exposure], *, insecure: bool) -> None:
    """Raise UsageError where something is given to, or believed of, others than this machine, unless `insecure`."""
    reason = refusal(found)
    if reason and not insecure:
        raise click.UsageError(reason)


def check_token_file(option: str, file: object, tls: object, listen: str) -> None:
    """Raise UsageError where callers from beyond this machine would show tokens of `file` in plain text."""
    if file and not tls and not is_loopback(listen):
        raise click.UsageError(f"{option} needs --tls-cert: tokens must not travel in plain text")


def check_pair(option: str, value: object, other: str, other_value: object) -> None:
    """Raise UsageError where one of two options is given that belong together."""
    if bool(value) != bool(other_value):
        raise click.UsageError(f"{option} and {other} belong together; give both or none")
