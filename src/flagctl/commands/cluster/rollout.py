"""`flagctl rollout`: flags whose percentages rise step by step: see, plan, approve, stop."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from flagctl.duration import duration_option
from flagctl.files.manifests import paths_argument, read
from flagctl.live.cluster import Cluster, connection_options
from flagctl.live.completion_names import flag_names
from flagctl.output import output_option
from flagctl.progress import progress
from flagd.command_line.parameter import Number
from flagd.process.address import split_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from flagctl.rollout.schedule import TrafficOf
    from flagd.manifest import Resource

DAY = 86_400.0
OUTPUT = output_option(["text", "json"])


@click.group("rollout")
def command() -> None:
    """Show and control flags whose percentages rise step by step; also as `kubectl flags rollout`.

    \b
    Examples:
      flagctl rollout list
      flagctl rollout watch new-checkout --until RolledOut --timeout 48h
      flagctl rollout approve new-checkout
      flagctl rollout plan flags/
    """


@command.command("list")
@OUTPUT
@connection_options
def list_command(output: str, cluster: Cluster) -> None:
    """List the rollouts of a namespace.

    \b
    Examples:
      flagctl rollout list --namespace shop
    """
    views = _views(cluster, ())
    from flagctl.rollout.view import HEADER
    from flagctl.table import table

    told = [view for view in views if view.rollout]
    if output == "json":
        click.echo(json.dumps([{"name": view.name, **view.rollout} for view in told], indent=2, ensure_ascii=False))
    elif told:
        click.echo(table(HEADER, (view.row() for view in told)))
    else:
        click.echo("no flag of this namespace has a rollout", err=True)


@command.command("get")
@click.argument("flag", shell_complete=flag_names)
@OUTPUT
@connection_options
def get_command(flag: str, output: str, cluster: Cluster) -> None:
    """Show the state of the rollout of FLAG: its steps, its guards, its history.

    \b
    Examples:
      flagctl rollout get new-checkout
      flagctl rollout get new-checkout --output json
    """
    (view,) = _views(cluster, (flag,))
    from flagctl.rollout.lines import tree

    if output == "json":
        click.echo(json.dumps({"name": view.name, **view.rollout}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(tree(view)))


@command.command("watch")
@click.argument("flag", shell_complete=flag_names)
@click.option(
    "--until",
    type=click.Choice(["RolledOut"]),
    help="Exit once the rollout is there; fail if it will not get there by itself.",
)
@duration_option("--timeout", "Longest time to wait, such as 48h. Default: no limit.")
@connection_options
def watch_command(flag: str, until: str | None, timeout: float | None, cluster: Cluster) -> None:
    """Follow the rollout of FLAG: a tree at a terminal, a line for each change elsewhere.

    Exit codes with --until: 0 rolled out, 1 rolled back or stuck until somebody acts,
    3 the API server did not answer for a minute, 4 time is up.

    \b
    Examples:
      flagctl rollout watch new-checkout
      flagctl rollout watch new-checkout --until RolledOut --timeout 48h
    """
    from flagctl.rollout.watching import watch

    asyncio.run(watch(cluster.target(), flag, until=until, seconds=timeout))


@command.command("plan")
@paths_argument
@click.option("--flag", metavar="NAME", help="Only this flag.")
@click.option(
    "--start", metavar="TIME", help="When the manifests are applied, such as 2026-12-01T09:00:00Z. Default: now."
)
@click.option(
    "--users-per-hour",
    type=Number(min=0, min_open=True),
    metavar="NUMBER",
    help="Attempts in an hour; then also by when guards that compare find harm.",
)
@click.option(
    "--baseline",
    type=Number(min=0, max=0.5, min_open=True),
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of attempts that fail without harm.",
)
@click.option(
    "--prometheus-url",
    metavar="URL",
    help="Measure attempts and failures of guards that compare, instead of --users-per-hour and --baseline.",
)
@click.option(
    "--prometheus-namespace-label",
    default="namespace",
    show_default=True,
    metavar="LABEL",
    help="Label that holds the namespace of a series.",
)
@duration_option("--measured-over", "How long to look back with --prometheus-url, such as 1h. Default: 1d.")
def plan_command(
    paths: tuple[str, ...],
    flag: str | None,
    start: str | None,
    users_per_hour: float | None,
    baseline: float,
    prometheus_url: str | None,
    prometheus_namespace_label: str,
    measured_over: float | None,
) -> None:
    """Print when each flag with a ramp in PATH takes its steps, if nothing interferes. Needs no cluster.

    With --users-per-hour, or measured with --prometheus-url, also by when each guard that compares finds failures
    that have doubled.

    \b
    Examples:
      flagctl rollout plan flags/
      flagctl rollout plan flags/ --users-per-hour 20000 --baseline 0.01
      flagctl rollout plan flags/ --prometheus-url http://localhost:9090
      flagctl rollout plan flags/ --flag new-checkout --start 2026-12-01T09:00:00Z
    """
    from flagctl.failure import Refused
    from flagctl.rollout.schedule import schedules

    if users_per_hour is not None and prometheus_url is not None:
        raise click.UsageError("give --users-per-hour, or --prometheus-url to measure it, not both")
    manifests = read(paths)
    traffic = None
    if users_per_hour is not None:
        traffic = _given(users_per_hour, baseline)
    elif prometheus_url is not None:
        seconds = int(measured_over or DAY)
        traffic = _measured(manifests.resources, prometheus_url, prometheus_namespace_label, seconds)
    lines = list(schedules(manifests.resources, time.time() if start is None else _time(start), flag, traffic))
    if not lines:
        missing = "no such flag in these manifests" if flag else "no flags in these manifests"
        broken = "; flagctl lint says more" if manifests.diagnostics else ""
        raise Refused(missing + broken)
    click.echo("\n".join(lines))


def _verb(name: str, help_text: str, *, forcing: bool = False) -> None:
    """Add the command that asks `name` of rollouts."""

    @click.argument("flags", nargs=-1, metavar="FLAG…", shell_complete=flag_names)
    @click.option("--all", "everything", is_flag=True, help="Every flag of the namespace that it applies to.")
    @connection_options
    def asked(flags: tuple[str, ...], everything: bool, cluster: Cluster, force: bool = False) -> None:
        if bool(flags) == everything:
            raise click.UsageError("name flags, or --all")
        from flagctl.rollout.verbs import ask
        from flagoperator.rollout import Verb

        with progress(cluster.doing):
            asyncio.run(ask(cluster.target(), flags, Verb(name), forced=force))

    function: Callable[..., Any] = asked
    if forcing:
        function = click.option("--force", is_flag=True, help="Even if a guard fails.")(function)
    example = f"flagctl rollout {name} new-checkout"
    command.command(name, help=f"{help_text}\n\n\b\nExamples:\n  {example}\n")(function)


_verb("approve", "Let a rollout leave the step at which it waits for an approval.")
_verb("pause", "Stop a rollout where it is. A lowered goal still takes effect.")
_verb("resume", "Continue a rollout that was paused, by hand or by a guard, or that missed its deadline.")
_verb("abort", "Go back to exactly the users from before the run. The flag stays there until it is edited or retried.")
_verb("promote", "Go to the goal at once: skip holds and approvals, but not a failing guard.", forcing=True)
_verb("retry", "Start again after a rollback.")


def _views(cluster: Cluster, names: tuple[str, ...]) -> list[Any]:
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.rollout.reading import read_views

    with progress(cluster.doing):
        return asyncio.run(read_views(cluster.target(), names))


def _given(users_per_hour: float, baseline: float) -> TrafficOf:
    from flagctl.rollout.measured_traffic import Measured
    from flagoperator.evidence import Traffic

    return lambda _ref, _guard: Measured(Traffic(users_per_hour, baseline), "")


def _measured(resources: Sequence[Resource], url: str, label: str, seconds: int) -> TrafficOf:
    from flagctl.rollout.measured_traffic import measured_traffic
    from flagoperator.prometheus.client import Settings

    try:
        split_url(url, ("http", "https"), login=True)
    except ValueError:
        wrong = f"{url.rpartition('@')[2]!r} is not an address such as http://localhost:9090"
        raise click.BadParameter(wrong, param_hint="--prometheus-url") from None
    found = asyncio.run(measured_traffic(resources, Settings(url, label), seconds))
    return lambda ref, guard: found[ref, guard]


def _time(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(f"{text!r} is not a time such as 2026-12-01T09:00:00Z", param_hint="--start")
    return found.timestamp()
