"""Sides: the two sides that a command line names, files or clusters."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from flagctl.comparison.cluster_side import PREFIX, cluster_side, is_cluster, named_cluster
from flagctl.comparison.pairing import renamed_namespace
from flagctl.comparison.side import Side, read_side
from flagctl.files.manifests import STDIN
from flagctl.live.cluster import connection_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagctl.live.cluster import Cluster


def two_sides(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the arguments and options that name two sides, and pass these as `left` and `right`."""

    @click.argument("arguments", nargs=-1, metavar="A B", type=click.Path(allow_dash=True))
    @click.option("--cluster", "live", is_flag=True, help="Compare with a cluster: it is A, and the one PATH is B.")
    @connection_options
    @wraps(command)
    def called(arguments: tuple[str, ...], live: bool, cluster: Cluster, **rest: Any) -> None:  # noqa: ANN401
        left, right = _sides(_two(arguments, cluster, live=live), cluster)
        if renamed := renamed_namespace(left, right):
            click.echo(f"comparing namespace {renamed[0]} of {left.name} with {renamed[1]} of {right.name}", err=True)
        command(left=left, right=right, **rest)

    return called


def _two(arguments: tuple[str, ...], cluster: Cluster, *, live: bool) -> tuple[str, ...]:
    """Return what names A and B."""
    if live or (cluster.is_named and not any(map(is_cluster, arguments))):
        if len(arguments) != 1:
            raise click.UsageError("with --cluster there is one PATH: the cluster is A, PATH is B")
        return PREFIX, *arguments
    if len(arguments) != 2:
        raise click.UsageError("say what to compare: A and B, each a file, a folder, REVISION:PATH, cluster: or -")
    if arguments == (STDIN, STDIN):
        raise click.UsageError("standard input can be A or B, not both")
    return arguments


def _sides(arguments: Sequence[str], options: Cluster) -> list[Side]:
    """Return both sides. A cluster that names no namespace is asked for those of the other side."""
    clusters = {each: named_cluster(each, options) for each in arguments if is_cluster(each)}
    files = {each: read_side(each) for each in arguments if each not in clusters}
    namespaces = {ref for side in files.values() for ref in side.namespaces}
    namespaces |= {cluster.namespace for cluster in clusters.values() if cluster.namespace}
    asked = {each: cluster_side(cluster, namespaces) for each, cluster in clusters.items()}
    return [{**files, **asked}[each] for each in arguments]
