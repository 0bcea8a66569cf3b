"""`flagctl diff`: what differs between two states of some manifests, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flagctl.comparison import report
from flagctl.comparison.difference import differences
from flagctl.comparison.sides import two_sides
from flagctl.output import output_option

if TYPE_CHECKING:
    from flagctl.comparison.side import Side

_REPORTS = {"text": report.text, "markdown": report.markdown, "json": report.as_json}


@click.command("diff")
@two_sides
@output_option(_REPORTS, "Output format; markdown is for a comment on a pull request.")
@click.pass_context
def command(ctx: click.Context, left: Side, right: Side, output: str) -> None:
    """Say in words what differs from A to B, and whom it moves.

    A and B are each a file, a folder, REVISION:PATH of Git, cluster:CONTEXT/NAMESPACE of a kubeconfig,
    or - for standard input. The order of resources, comments, defaults that are written out and how a
    number is spelled do not differ. Exits 1 when there is a difference, as diff does.

    \b
    Examples:
      flagctl diff HEAD~1:flags flags
      flagctl diff overlays/staging overlays/prod --output markdown
      kustomize build overlays/prod | flagctl diff main:flags -
      flagctl diff --cluster --context prod flags
      flagctl diff cluster:staging/shop cluster:prod/shop
    """
    found = differences(left, right)
    click.echo(_REPORTS[output](found))
    if found:
        ctx.exit(1)
