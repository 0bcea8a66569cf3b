"""`flagctl impact`: how many users a change moves, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flagctl.comparison.sides import two_sides
from flagctl.files.manifests import STDIN
from flagctl.impact import report
from flagctl.impact.measurement import measured
from flagctl.impact.options import measure_options
from flagctl.impact.users.fault import PopulationError
from flagctl.output import output_option

if TYPE_CHECKING:
    from flagctl.comparison.side import Side
    from flagctl.impact.measurement import Measure

_REPORTS = {"text": report.text, "markdown": report.markdown, "json": report.as_json}


@click.command("impact")
@measure_options
@two_sides
@output_option(_REPORTS, "Output format; markdown is for a comment on a pull request.")
@click.pass_context
def command(ctx: click.Context, left: Side, right: Side, measure: Measure, output: str) -> None:
    """Count the users that a change from A to B moves, flag by flag, with the code that a server runs.

    A and B are each a file, a folder, REVISION:PATH of Git, cluster:CONTEXT/NAMESPACE of a kubeconfig,
    or - for standard input. Without --population the shares within each segment are printed, exact by
    the hash.
    Exits 1 when a limit is broken.

    \b
    Examples:
      flagctl impact HEAD~1:flags flags
      flagctl impact main:flags flags --population users.jsonl --max-change 0% --max-join 30%
      flagctl impact cluster:prod/shop <(kustomize build overlays/prod)
      zcat users.csv.gz | flagctl impact main:flags flags --population - --output markdown
    """
    try:
        result = measured(left, right, measure)
    except PopulationError as error:
        source = "standard input" if measure.population == STDIN else measure.population
        raise click.UsageError(f"{source}: {error}") from None
    click.echo(_REPORTS[output](result))
    if result.failures:
        ctx.exit(1)
