"""`flagctl doctor`: what is wrong with an installation, in sentences."""

from __future__ import annotations

import asyncio
import re

import click

from flagctl.live.cluster import Cluster, connection_options
from flagctl.output import output_option
from flagctl.progress import progress
from flagd.command_line.parameter import Number

_PLACE = re.compile(r"[a-z0-9][-a-z0-9]{0,62}/[a-z0-9][-a-z0-9.]{0,252}")


def _place(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _PLACE.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not NAMESPACE/NAME, such as flags/flagd")
    return value


@click.command("doctor")
@connection_options
@click.option("--operator-namespace", metavar="NAME", help="Where the operator is; where its Lease is without it.")
@click.option(
    "--operator-account",
    metavar="NAMESPACE/NAME",
    callback=_place,
    help="ServiceAccount of the operator; that of its Deployment without it.",
)
@click.option(
    "--evaluation-service",
    metavar="NAMESPACE/NAME",
    callback=_place,
    help="Service of flagd. Default: that of the operator's options, else flagd in its namespace.",
)
@click.option(
    "--settle",
    type=Number(min=0),
    default=12.0,
    show_default=True,
    metavar="SECONDS",
    help="What may be on its way is looked at again after this time, in seconds, before it counts as wrong.",
)
@output_option(["text", "json"])
@click.option("--warnings-as-errors", is_flag=True, help="Exit 1 on warnings too.")
@click.pass_context
def command(
    ctx: click.Context,
    cluster: Cluster,
    operator_namespace: str | None,
    operator_account: str | None,
    evaluation_service: str | None,
    settle: float,
    output: str,
    warnings_as_errors: bool,
) -> None:
    """Say what is wrong with an installation: CRDs, versions, pods, Lease, stream, rights, flags.

    It reads, and changes nothing. Flags are looked at in all namespaces that you may read, or in
    that of --namespace. To find out what the operator may do, it asks the API server
    (SubjectAccessReview), which an administrator may.

    Exit codes: 0 nothing is wrong, 1 there is a problem, 3 something could not be looked at.

    \b
    Examples:
      flagctl doctor
      flagctl doctor --context prod --output json
      kubectl flags doctor --warnings-as-errors
    """
    # Imported when needed: every other command starts faster without a cluster's libraries.
    from flagctl.doctor.diagnosis import exit_code
    from flagctl.doctor.examination import examine
    from flagctl.doctor.looking import Question
    from flagctl.doctor.report import json_report, text_report

    target = cluster.target()
    question = Question(cluster.namespace, target.namespace, operator_namespace, operator_account, evaluation_service)
    with progress(cluster.doing):
        findings = asyncio.run(examine(target.connection, question, settle))
    click.echo(json_report(findings) if output == "json" else text_report(findings))
    ctx.exit(exit_code(findings, warnings_as_errors=warnings_as_errors))
