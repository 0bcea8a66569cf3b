"""Held: the manifests that a command looks at: those of its paths, or what a cluster holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from flagctl.files.manifests import Manifests, compiled_from, read
from flagctl.progress import progress

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flagctl.live.cluster import Cluster

paths_argument = click.argument("paths", nargs=-1, metavar="PATH…", type=click.Path(allow_dash=True))
"""The argument of commands that look at manifests, or without it at a cluster."""


def held(paths: Sequence[str], cluster: Cluster) -> Manifests:
    """Return what `paths` hold, compiled; without paths what `cluster` holds in its namespace.

    Raises:
        Unreachable: a path does not exist, or the API server cannot be asked.
        Refused: there is nothing in the paths, or we may not read in the cluster.
    """
    return read(paths) if paths else from_cluster(cluster_objects(cluster))


def from_cluster(found: Sequence[dict[str, Any]]) -> Manifests:
    """Return what objects of a cluster compile to."""
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.live.listing import as_files

    return compiled_from(as_files(found))


def cluster_objects(cluster: Cluster, namespaces: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return what `cluster` holds of the namespace that it names, else of `namespaces`, else of its context's."""
    from flagctl.live.listing import objects

    with progress(cluster.doing):
        target = cluster.target()
        chosen = [cluster.namespace] if cluster.namespace else sorted(namespaces) or [target.namespace]
        return asyncio.run(objects(target, chosen))
