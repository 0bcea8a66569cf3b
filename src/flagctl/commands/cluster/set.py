"""`flagctl set`: switch a live flag, or move a percentage, by name."""

from __future__ import annotations

import asyncio

import click

from flagctl.live.cluster import Cluster, cluster_options
from flagctl.live.completion_names import flag_names
from flagctl.progress import progress


@click.command("set")
@click.argument("flag", shell_complete=flag_names)
@click.option("--active", type=click.BOOL, metavar="true|false", help="Switch the flag on or off.")
@click.option(
    "--percent",
    metavar="N",
    help="Rollout percentage of all other users, or of --segment: 0 to 100, such as 25 or 0.5.",
)
@click.option("--segment", metavar="NAME", help="Segment that --percent applies to.")
@cluster_options
def command(flag: str, active: bool | None, percent: str | None, segment: str | None, cluster: Cluster) -> None:
    """Change one field of a FLAG in the cluster, for when a manifest would take too long.

    It says what changed, and which tool manages the field: where flags are applied from Git, change
    the manifest too, or the tool puts the old value back.

    \b
    Examples:
      flagctl set new-checkout --active=false --wait
      flagctl set new-checkout --percent 0
      flagctl set new-checkout --segment "US and Canada" --percent 25 --namespace shop
    """
    if active is None and percent is None:
        raise click.UsageError("give --active=true|false or --percent N")
    if segment is not None and percent is None:
        raise click.UsageError("--segment goes with --percent")
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.live.adjustment import Adjustment
    from flagctl.live.setting import set_flag

    adjustment = Adjustment(active, None if percent is None else _percent(percent), segment)
    with progress(cluster.doing):
        asyncio.run(set_flag(cluster.target(), flag, adjustment, cluster.wait_seconds))


def _percent(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text
