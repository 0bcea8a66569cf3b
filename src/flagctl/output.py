"""Output: in which form a command prints: its option, and JSON as every command writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def output_option(forms: Iterable[str], text: str = "Output format.") -> Decorator:
    """Return the option `--output`, which takes one of `forms`, by default the first, with `text` as its help."""
    names = list(forms)
    return click.option("--output", type=click.Choice(names), default=names[0], show_default=True, help=text)


def indented(value: object) -> str:
    """Return `value` as JSON for people and scripts."""
    return json.dumps(value, ensure_ascii=False, indent=2)
