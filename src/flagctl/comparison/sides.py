"""Sides: the two sides that a command line names, files or a cluster."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from flagctl.comparison.pairing import renamed_namespace
from flagctl.comparison.side import Side, read_side
from flagctl.files.manifests import STDIN
from flagctl.live.cluster import Cluster, connection_options

if TYPE_CHECKING:
    from collections.abc import Callable


def two_sides(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the arguments and options that name two sides, and pass these as `left` and `right`."""

    @click.argument("arguments", nargs=-1, metavar="A B", type=click.Path(allow_dash=True))
    @click.option("--cluster", "live", is_flag=True, help="Compare with a cluster: it is A, and the one PATH is B.")
    @connection_options
    @wraps(command)
    def called(arguments: tuple[str, ...], live: bool, cluster: Cluster, **rest: Any) -> None:  # noqa: ANN401
        live = live or cluster != Cluster(None, None, None, None)
        left, right = _live(arguments, cluster) if live else _read(arguments)
        if renamed := renamed_namespace(left, right):
            click.echo(f"comparing namespace {renamed[0]} of {left.name} with {renamed[1]} of {right.name}", err=True)
        command(left=left, right=right, **rest)

    return called


def _read(arguments: tuple[str, ...]) -> tuple[Side, Side]:
    if len(arguments) != 2:
        raise click.UsageError("say what to compare: A and B, each a file, a folder, REVISION:PATH or -")
    if arguments == (STDIN, STDIN):
        raise click.UsageError("standard input can be A or B, not both")
    return read_side(arguments[0]), read_side(arguments[1])


def _live(arguments: tuple[str, ...], cluster: Cluster) -> tuple[Side, Side]:
    if len(arguments) != 1:
        raise click.UsageError("with --cluster there is one PATH: the cluster is A, PATH is B")
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.comparison.cluster_side import cluster_side

    right = read_side(arguments[0])
    return cluster_side(cluster, right), right
