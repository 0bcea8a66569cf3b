"""Cluster side: what a cluster holds, named ``cluster:CONTEXT/NAMESPACE``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.comparison.side import side_of
from flagctl.progress import progress

if TYPE_CHECKING:
    from collections.abc import Collection

    from flagctl.comparison.side import Side
    from flagctl.live.cluster import Cluster

PREFIX = "cluster:"


def is_cluster(argument: str) -> bool:
    """Return whether `argument` names a cluster, rather than a file that is there."""
    return argument.startswith(PREFIX) and not Path(argument).exists()


def named_cluster(argument: str, options: Cluster) -> Cluster:
    """Return the cluster that `argument` names: ``cluster:``, ``cluster:CONTEXT`` or ``cluster:CONTEXT/NAMESPACE``.

    `options` say what it leaves open. A context may have slashes of its own: where the kubeconfig has one by the
    whole name, that is it.

    Raises:
        Unreachable: a kubeconfig cannot be read.
    """
    name = argument.removeprefix(PREFIX)
    context, slash, namespace = name.rpartition("/")
    if not slash or name in options.known_contexts():
        context, namespace = name, ""
    return replace(options, context=context or options.context, namespace=namespace or options.namespace)


def cluster_side(cluster: Cluster, namespaces: Collection[str]) -> Side:
    """Return the resources in `cluster`, of the namespace that it names, else of `namespaces`, else of its context's.

    Raises:
        Unreachable: the API server cannot be asked.
        Refused: we may not read there.
    """
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.live.listing import listed

    with progress(cluster.doing):
        target = cluster.target()
        chosen = [cluster.namespace] if cluster.namespace else sorted(namespaces) or [target.namespace]
        return side_of(cluster.context or "the cluster", asyncio.run(listed(target, chosen)))
