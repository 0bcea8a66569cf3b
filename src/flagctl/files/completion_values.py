"""Completion values: what the shell offers for options whose values stand in the manifests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest import Flag


def project_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the projects in the manifests that the line names so far."""
    return sorted({flag.metadata.namespace for flag in _flags(ctx) if flag.metadata.namespace.startswith(incomplete)})


def flag_keys(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys of their flags, of the project that the line names if it does."""
    project = ctx.params.get("project")
    chosen = [flag for flag in _flags(ctx) if project in {None, flag.metadata.namespace}]
    return sorted({flag.key for flag in chosen if flag.key.startswith(incomplete)})


def _flags(ctx: click.Context) -> Iterator[Flag]:
    from flagctl.files.manifests import STDIN, read
    from flagd.manifest import Flag

    # While an option still lacks its value, click leaves what stands before it unassigned, in `args`.
    paths = ctx.params.get("paths") or tuple(ctx.args)
    if not paths or STDIN in paths:
        return
    with contextlib.suppress(click.ClickException):
        yield from (found for found in read(paths).resources if isinstance(found, Flag))
