"""Duration: an option whose value is a length of time, such as 30d or 1h30m."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def duration_option(name: str, help_text: str) -> Decorator:
    """Return the option `name`, which passes seconds; None without it."""
    return click.option(name, callback=_seconds, metavar="DURATION", help=help_text)


def _seconds(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    from flagd.manifest.parts.duration import seconds

    try:
        return None if value is None else float(seconds(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
