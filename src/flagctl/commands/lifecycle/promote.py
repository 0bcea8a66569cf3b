"""`flagctl promote`: what flags are in one environment, carried into the files of another."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flagctl.duration import duration_option
from flagctl.failure import Refused, Unreachable
from flagctl.files.manifests import check_there
from flagctl.files.writing import replace_text
from flagctl.live.cluster import Cluster, connection_options
from flagctl.progress import progress
from flagctl.promotion.manifest import manifests_in
from flagctl.promotion.promotion import Promotion, promotion
from flagctl.suggestion import suggestion
from flagd.manifest import FlagSpec

if TYPE_CHECKING:
    from flagctl.promotion.gate import Gate

_PARTS = ("percent", "weights")


def _fields(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas, all of them fields of a flag."""
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    if value is not None and not names:
        raise click.BadParameter("names no field; say some, such as percent,segments, or leave the option out")
    known = [*_PARTS, *(field.alias or name for name, field in FlagSpec.model_fields.items())]
    for name in names:
        if name not in known:
            raise click.BadParameter(f'a flag has no "{name}"; {suggestion(name, known)}')
    return names


@click.command("promote")
@click.option("--from", "source", required=True, metavar="FOLDER", help="Manifests or patches of one environment.")
@click.option(
    "--to", "target", required=True, metavar="FOLDER", help="Manifests or patches of the environment to promote to."
)
@click.option(
    "--flag", "names", multiple=True, metavar="NAME", help="Only this flag, by metadata.name; repeat it for several."
)
@click.option("--only", callback=_fields, metavar="FIELDS", help="Only these fields, such as percent,segments.")
@click.option(
    "--require-rolled-out", "rolled_out", is_flag=True, help="Only what the source cluster has rolled out completely."
)
@duration_option(
    "--min-age", "Only what every replica of the source cluster has served for at least this long, such as 24h."
)
@connection_options
@click.option("--write", is_flag=True, help="Change the files; without it the change is only shown.")
def command(
    source: str,
    target: str,
    names: tuple[str, ...],
    only: tuple[str, ...],
    rolled_out: bool,
    min_age: float | None,
    cluster: Cluster,
    write: bool,
) -> None:
    """Copy flags from the files of one environment into those of another, and show the change.

    Only what differs is edited: comments, order and quoting stay. The files may be whole manifests
    or patches of kustomize; fields that the source does not set stay as they are. --require-rolled-out
    and --min-age also ask the source cluster (--context) whether it has what the files say, rolled out
    and for long enough. Exits 1 when a flag cannot be promoted.

    \b
    Examples:
      flagctl promote --from overlays/staging --to overlays/prod --only percent
      flagctl promote --from overlays/staging --to overlays/prod --flag new-checkout --write
      flagctl promote --from overlays/staging --to overlays/prod --require-rolled-out --min-age 24h \\
        --context staging
    """
    for folder in (source, target):
        check_there(folder)
    found = promotion(source, target, names, only, _gate(source, cluster, rolled_out=rolled_out, min_age=min_age))
    click.echo(found.diff(), nl=False)
    if write:
        _write(found)
    elif not found.after and not found.refused:
        click.echo("nothing to promote", err=True)
    if found.refused:
        raise Refused("\n".join(found.refused))


def _gate(source: str, cluster: Cluster, *, rolled_out: bool, min_age: float | None) -> Gate | None:
    """Return what is asked of each flag, with what the source cluster says of them."""
    if not rolled_out and min_age is None:
        if cluster.is_named:
            raise click.UsageError("a cluster is asked for --require-rolled-out and --min-age only; name one of them")
        return None
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.live.listing import objects
    from flagctl.promotion.gate import Gate

    with progress(cluster.doing):
        where = cluster.target()
        named = {each.namespace for flags in manifests_in(source).values() for each in flags}
        namespaces = sorted({name or where.namespace for name in named})
        found = asyncio.run(objects(where, namespaces, ["Flag"]))
    live = {(each["metadata"]["namespace"], each["metadata"]["name"]): each for each in found}
    title = cluster.context or "the source cluster"
    return Gate(title, where.namespace, live, time.time(), rolled_out, min_age)


def _write(found: Promotion) -> None:
    for file, text in found.after.items():
        try:
            replace_text(Path(file), text)
        except OSError as error:
            raise Unreachable(f'"{file}" cannot be written: {(error.strerror or str(error)).lower()}') from None
    flags = ", ".join(found.flags) or "nothing"
    click.echo(f"promoted {flags}", err=True)
