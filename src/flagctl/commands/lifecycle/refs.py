"""`flagctl refs`: where code names flags, and flags that no code names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flagctl.files.manifests import check_there
from flagctl.live.cluster import Cluster, connection_options
from flagctl.live.held import held
from flagctl.output import output_option
from flagctl.progress import progress
from flagctl.references import report
from flagctl.references.code_files import code_files
from flagctl.references.reference import references_in
from flagctl.references.report import Unnamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.files.manifests import Manifests

_REPORTS = {"text": report.text, "json": report.as_json, "sarif": report.sarif}


@click.command("refs")
@click.argument("code", nargs=-1, required=True, metavar="CODE…", type=click.Path())
@click.option(
    "--manifests", "paths", multiple=True, metavar="PATH", help="Where the flags are; repeat it. A cluster without it."
)
@connection_options
@output_option(_REPORTS, "Output format; sarif is for code scanning.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when a flag is named nowhere.")
@click.pass_context
def command(
    ctx: click.Context, code: tuple[str, ...], paths: tuple[str, ...], cluster: Cluster, output: str, exit_code: bool
) -> None:
    """Find the keys of flags in code, and flags that no code names.

    CODE is a file or a folder. A key counts in quotes of any kind, whatever the language. In a Git
    repository the files that it has or would take are read, elsewhere all that is not hidden; binary
    files, links, files above 4 MiB and the manifests themselves are skipped.

    \b
    Examples:
      flagctl refs src/ --manifests flags/
      flagctl refs src/ --context prod --namespace shop --exit-code
      flagctl refs src/ web/ --manifests flags/ --output sarif > refs.sarif
    """
    for path in code:
        check_there(path)
    manifests = held(paths, cluster)
    with progress("reading code"):
        keys = {flag.key for flag in manifests.flags()}
        found = references_in(code_files(code, paths), keys)
    unnamed = _unnamed(manifests, {each.key for each in found})
    said = _REPORTS[output](found, unnamed)
    click.echo(said) if said else click.echo("there are no flags", err=True)
    if unnamed and exit_code:
        ctx.exit(1)


def _unnamed(manifests: Manifests, named: set[str]) -> Sequence[Unnamed]:
    flags = [flag for flag in manifests.flags() if flag.key not in named]
    found = [Unnamed(flag.metadata.namespace, flag.key, manifests.location(flag.ref)) for flag in flags]
    return sorted(found, key=lambda each: (each.project, each.flag))
