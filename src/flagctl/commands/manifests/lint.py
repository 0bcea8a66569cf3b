"""`flagctl lint`: what is wrong with manifests, without a cluster."""

from __future__ import annotations

import click

from flagctl.files import report
from flagctl.files.committed import NEWEST
from flagctl.files.lists import told
from flagctl.files.manifests import paths_argument, read
from flagctl.files.sarif import sarif_report
from flagctl.output import output_option
from flagd.manifest import Severity

_REPORTS = {
    "text": report.text_report,
    "json": report.json_report,
    "github": report.github_report,
    "sarif": sarif_report,
}


@click.command("lint")
@paths_argument
@output_option(_REPORTS, "Format of the report; github is for GitHub Actions, sarif for code scanning.")
@click.option("--warnings-as-errors", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--since",
    default=NEWEST,
    show_default=True,
    metavar="REVISION",
    help="Warn about edits since this Git revision that move users to other variants.",
)
@click.option(
    "--deployment-keys",
    type=click.Choice(["optional", "required"]),
    default="optional",
    show_default=True,
    help="As in flagd serve; required warns about flags without deployments, which no caller would see.",
)
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], output: str, warnings_as_errors: bool, since: str, deployment_keys: str
) -> None:
    """Check manifests without a cluster: PATH is a file, a directory or - for standard input.

    Finds what the API server would refuse, and what only shows between resources: flags that name
    a segment, cohort or group that is not there, cycles, two flags with one key.
    Exits 1 when there are errors.

    \b
    Examples:
      flagctl lint flags/
      flagctl lint --output github flags/ shared/segments.yaml
      helm template my-flags | flagctl lint -
    """
    manifests = read(paths, since, keys_required=deployment_keys == "required")
    text = _REPORTS[output](manifests.diagnostics)
    if text:
        click.echo(text)
    if output == "text":
        for line in told(manifests.supplies):
            click.echo(line)
        click.echo(report.summary(manifests.diagnostics, manifests.resources))
    failing = {Severity.ERROR, Severity.WARNING} if warnings_as_errors else {Severity.ERROR}
    if any(diagnostic.severity in failing for diagnostic in manifests.diagnostics):
        ctx.exit(1)
