"""Cluster side: what a cluster holds of the namespaces of the other side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagctl.comparison.side import side_of
from flagctl.live.listing import listed
from flagctl.progress import progress

if TYPE_CHECKING:
    from flagctl.comparison.side import Side
    from flagctl.live.cluster import Cluster


def cluster_side(cluster: Cluster, other: Side) -> Side:
    """Return the resources in `cluster`, of the namespace that it names, else of those of `other`.

    Raises:
        Unreachable: the API server cannot be asked.
    """
    namespaces = [cluster.namespace] if cluster.namespace else sorted(other.namespaces)
    with progress(cluster.doing):
        return side_of(cluster.context or "the cluster", asyncio.run(listed(cluster.target(), namespaces)))
