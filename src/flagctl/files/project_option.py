"""Project option: which namespace a command looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flagctl.files.completion_values import project_names

if TYPE_CHECKING:
    from collections.abc import Callable


def project_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--project`, with `text` as its help; shells complete it from the manifests."""
    return click.option("--project", metavar="NAME", shell_complete=project_names, help=text)
