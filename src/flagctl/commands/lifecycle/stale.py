"""`flagctl stale`: flags that may be ready for removal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from flagctl.duration import duration_option
from flagctl.files.lasting import Lasting
from flagctl.files.manifests import Manifests, read
from flagctl.files.project_option import project_option
from flagctl.files.staleness import Stale, staleness
from flagctl.live.cluster import Cluster, connection_options
from flagctl.live.held import cluster_objects, from_cluster, paths_argument
from flagctl.output import indented, output_option
from flagctl.remote.usage import evaluated
from flagctl.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence


def _date(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> date:
    try:
        return date.fromisoformat(value) if value else datetime.now(UTC).date()
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a date such as 2030-12-31') from None


@click.command("stale")
@paths_argument
@project_option("Only the flags of this namespace.")
@click.option(
    "--metrics",
    "urls",
    multiple=True,
    metavar="URL",
    help="Management port of a flagd; lists the flags it was never asked for. Repeat it for every replica.",
)
@duration_option(
    "--since", "Flags that have given everybody the same for at least this long, such as 30d; asks a cluster."
)
@connection_options
@click.option("--today", metavar="YYYY-MM-DD", callback=_date, help="Day to compare with.  [default: today, UTC]")
@output_option(["table", "json"])
@click.option("--exit-code", is_flag=True, help="Exit 1 when a flag is listed.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    project: str | None,
    urls: tuple[str, ...],
    today: date,
    since: float | None,
    cluster: Cluster,
    output: str,
    exit_code: bool,
) -> None:
    """List flags that may be ready for removal, each with the reason.

    Expired: past its date in `expires`. ServesNobody, ServesEverybody: everybody gets the same
    answer, so the code no longer needs to ask; with --since only flags that a cluster reports to have
    been so for that long. NeverAsked: the servers named by --metrics have not been asked for it since
    they started. Without PATH the flags are those of a cluster.

    \b
    Examples:
      flagctl stale flags/
      flagctl stale flags/ --metrics http://localhost:8014/metrics
      flagctl stale --since 30d --context prod --namespace shop
      flagctl stale flags/ --project shop --today 2030-01-01 --exit-code
    """
    manifests, lasting = _looked_at(paths, cluster, today, since)
    found = _find(manifests, project, urls, today, lasting)
    if output == "json":
        click.echo(indented([asdict(stale) for stale in found]))
    elif found:
        rows = [(stale.project, stale.flag, stale.owner, stale.reason, stale.detail) for stale in found]
        click.echo(table(("PROJECT", "FLAG", "OWNER", "REASON", "DETAIL"), rows))
    else:
        click.echo("no flag is stale", err=True)
    if found and exit_code:
        ctx.exit(1)


def _looked_at(
    paths: Sequence[str], cluster: Cluster, today: date, since: float | None
) -> tuple[Manifests, Lasting | None]:
    """Return the manifests, and what a cluster says of them."""
    manifests = read(paths) if paths else None
    if manifests is not None and since is None:
        return manifests, None
    namespaces = {each.ref.namespace for each in manifests.resources} if manifests else set()
    found = cluster_objects(cluster, namespaces)
    manifests = manifests or from_cluster(found)
    if since is None:
        return manifests, None
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagoperator.reconcile.entry import ref_of

    statuses = {ref_of(each["kind"], each): each.get("status") or {} for each in found}
    return manifests, Lasting(statuses, _end_of(today), timedelta(seconds=since))


def _end_of(today: date) -> datetime:
    now = datetime.now(UTC)
    return now if today == now.date() else datetime.combine(today, time.max, UTC)


def _find(
    manifests: Manifests, project: str | None, urls: tuple[str, ...], today: date, lasting: Lasting | None
) -> list[Stale]:
    asked = frozenset().union(*map(evaluated, urls)) if urls else None
    chosen = manifests.flags(project)
    stale = [reason for flag in chosen for reason in staleness(flag, manifests.compiled(flag), today, asked, lasting)]
    return sorted(stale, key=lambda reason: (reason.project, reason.flag))
