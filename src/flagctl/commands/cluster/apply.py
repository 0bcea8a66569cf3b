"""`flagctl apply`: manifests into a cluster, and the wait until they are served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused
from flagctl.files.manifests import paths_argument, read
from flagctl.files.report import text_report
from flagctl.live.cluster import Cluster, cluster_options
from flagctl.progress import progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest import Resource


@click.command("apply")
@paths_argument
@cluster_options
@click.option("--force-conflicts", is_flag=True, help="Take over fields that another tool applied.")
def command(paths: tuple[str, ...], force_conflicts: bool, cluster: Cluster) -> None:
    """Apply manifests by server-side apply, as field manager flagctl, unless they have errors.

    With --wait it returns once every ready replica serves the generation that was applied, and fails
    with the reason if the operator rejects it.

    \b
    Examples:
      flagctl apply flags/
      flagctl apply flags/checkout.yaml --wait --timeout 30
    """
    resources = _checked(paths)
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.live.apply import apply

    with progress(cluster.doing):
        asyncio.run(apply(cluster.target(), resources, force=force_conflicts, wait_seconds=cluster.wait_seconds))


def _checked(paths: Sequence[str]) -> Sequence[Resource]:
    manifests = read(paths)
    errors = [found for found in manifests.diagnostics if found.severity == "error"]
    # What refers to something that is only in the cluster is for the operator to judge.
    alone = [found for found in errors if found.reason != "ReferenceMissing"]
    if alone:
        click.echo(text_report(alone), err=True)
        raise Refused("nothing was applied, because of the errors above")
    return manifests.resources
