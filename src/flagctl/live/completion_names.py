"""Completion names: what the shell offers where a command names something of a cluster or of a kubeconfig."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 3.0
"""How long somebody who has pressed TAB waits for a cluster."""


def flag_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the flags of the namespace that the line names, or of that of the context; none while nobody answers."""
    given = ctx.params
    with contextlib.suppress(click.ClickException, TimeoutError):
        found = asyncio.run(_flags(given.get("kubeconfig"), given.get("context_name"), given.get("namespace")))
        return sorted(name for name in found if name.startswith(incomplete) and name not in given.get("flags", ()))
    return []


def context_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the contexts of the kubeconfig that the line names, or of the usual one."""
    from flagctl.live.target import known_contexts

    with contextlib.suppress(click.ClickException):
        return sorted(name for name in known_contexts(ctx.params.get("kubeconfig")) if name.startswith(incomplete))
    return []


async def _flags(kubeconfig: Path | None, context: str | None, namespace: str | None) -> list[str]:
    from flagctl.live.listing import objects
    from flagctl.live.target import target

    async with asyncio.timeout(SECONDS):
        where = target(kubeconfig, context, namespace)
        return [each["metadata"]["name"] for each in await objects(where, [where.namespace], ["Flag"])]
