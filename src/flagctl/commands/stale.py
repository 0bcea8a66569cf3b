"""`flagctl stale`: flags that may be ripe for removal."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import click

from flagctl.files.completion_values import project_names
from flagctl.files.manifests import Manifests, paths_argument, read
from flagctl.files.staleness import Stale, staleness
from flagctl.remote.usage import evaluated
from flagctl.table import table


def _date(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> date:
    try:
        return date.fromisoformat(value) if value else datetime.now(UTC).date()
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a date such as 2030-12-31') from None


@click.command("stale")
@paths_argument
@click.option("--project", metavar="NAME", shell_complete=project_names, help="Only the flags of this namespace.")
@click.option(
    "--metrics",
    "urls",
    multiple=True,
    metavar="URL",
    help="Management port of a flagd; lists the flags it was never asked for. Repeat it for every replica.",
)
@click.option("--today", metavar="YYYY-MM-DD", callback=_date, help="Day to compare with.  [default: today, UTC]")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="Form.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when a flag is listed.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    project: str | None,
    urls: tuple[str, ...],
    today: date,
    output: str,
    exit_code: bool,
) -> None:
    """List flags that may be ripe for removal, each with the reason.

    Expired: past its date in `expires`. ServesNobody, ServesEverybody: everybody gets the same
    answer, so the code no longer needs to ask. NeverAsked: the servers named by --metrics have not
    been asked for it since they started.

    \b
    Examples:
      flagctl stale flags/
      flagctl stale flags/ --metrics http://localhost:8014/metrics
      flagctl stale flags/ --project shop --today 2030-01-01 --exit-code
    """
    found = _find(read(paths), project, urls, today)
    if output == "json":
        click.echo(json.dumps([asdict(stale) for stale in found], ensure_ascii=False, indent=2))
    elif found:
        rows = [(stale.project, stale.flag, stale.owner, stale.reason, stale.detail) for stale in found]
        click.echo(table(("PROJECT", "FLAG", "OWNER", "REASON", "DETAIL"), rows))
    else:
        click.echo("no flag is stale", err=True)
    if found and exit_code:
        ctx.exit(1)


def _find(manifests: Manifests, project: str | None, urls: tuple[str, ...], today: date) -> list[Stale]:
    from flagd.manifest import Flag

    asked = frozenset().union(*map(evaluated, urls)) if urls else None
    if project is not None:
        manifests.project(project)
    flags = [found for found in manifests.resources if isinstance(found, Flag)]
    chosen = [flag for flag in flags if project in {None, flag.metadata.namespace}]
    stale = [reason for flag in chosen for reason in staleness(flag, manifests.compiled(flag), today, asked)]
    return sorted(stale, key=lambda reason: (reason.project, reason.flag))
