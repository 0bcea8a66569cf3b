"""`flagctl apply`: manifests into a cluster, and the wait until they are served."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flagoperator.ctl.failure import Refused
from flagoperator.ctl.manifests import paths_argument, read
from flagoperator.ctl.progress import progress
from flagoperator.ctl.report import text_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest import Resource


@click.command("apply")
@paths_argument
@click.option("--wait", is_flag=True, help="Wait until every ready replica of flagd serves what was applied.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Longest time to wait, in seconds.",
)
@click.option("--namespace", "-n", metavar="NAME", help="For manifests without one; the context's without it.")
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kubeconfig to use; without it KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.",
)
@click.option(
    "--context", "context_name", metavar="NAME", help="Context of the kubeconfig; the current one without it."
)
@click.option("--force-conflicts", is_flag=True, help="Take over fields that another tool applied.")
def command(
    paths: tuple[str, ...],
    wait: bool,
    timeout: float,
    namespace: str | None,
    kubeconfig: Path | None,
    context_name: str | None,
    force_conflicts: bool,
) -> None:
    """Apply manifests on the server's side, as field manager flagctl, if there is no error in them.

    With --wait it ends once every ready replica serves the generation that was applied, and fails
    with the reason where the operator refuses it.

    \b
    Examples:
      flagctl apply flags/
      flagctl apply flags/checkout.yaml --wait --timeout 30
    """
    resources = _checked(paths)
    # Imported when needed: every other command works without a cluster's libraries.
    from flagoperator.ctl.application import Target, apply, target

    found: Target = target(kubeconfig, context_name, namespace)
    with progress("waiting until every replica serves it" if wait else "applying"):
        asyncio.run(apply(found, resources, force=force_conflicts, wait_seconds=timeout if wait else None))


def _checked(paths: Sequence[str]) -> Sequence[Resource]:
    manifests = read(paths)
    errors = [found for found in manifests.diagnostics if found.severity == "error"]
    # What refers to something that is only in the cluster is for the operator to judge.
    alone = [found for found in errors if found.reason != "ReferenceMissing"]
    if alone:
        click.echo(text_report(alone), err=True)
        raise Refused("nothing was applied, because of the errors above")
    return manifests.resources
