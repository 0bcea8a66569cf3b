"""`flagctl retire`: what still needs a flag that is to be removed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused
from flagctl.files.manifests import check_there
from flagctl.files.project_option import project_option
from flagctl.live.cluster import Cluster, connection_options
from flagctl.live.held import held, paths_argument
from flagctl.output import indented, output_option
from flagctl.printable import printable
from flagctl.progress import progress
from flagctl.references.code_files import code_files
from flagctl.references.reference import references_in
from flagctl.references.retirement import Retirement, retirement
from flagctl.remote.usage import evaluated
from flagctl.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("retire")
@click.argument("key")
@paths_argument
@project_option("Only in this namespace.")
@click.option(
    "--code", multiple=True, metavar="CODE", type=click.Path(), help="Code to look for the key in; repeat it."
)
@click.option("--metrics", "urls", multiple=True, metavar="URL", help="Management port of a flagd; repeat it for each.")
@connection_options
@output_option(["text", "json"])
@click.pass_context
def command(
    ctx: click.Context,
    key: str,
    paths: tuple[str, ...],
    project: str | None,
    code: tuple[str, ...],
    urls: tuple[str, ...],
    cluster: Cluster,
    output: str,
) -> None:
    """Print what still asks for the flag KEY, and what else refers to it.

    Looked at are the manifests in PATH, or a cluster without it; the code that --code names, as by
    flagctl refs; and the servers that --metrics names, since they started. Exits 1 while anything
    needs the flag.

    \b
    Examples:
      flagctl retire old-banner flags/ --code src/
      flagctl retire old-banner --context prod --namespace shop --metrics http://localhost:8014/metrics
    """
    for path in code:
        check_there(path)
    manifests = held(paths, cluster)
    flags = [flag for flag in manifests.flags(project) if flag.key == key]
    if not flags:
        raise Refused(f'there is no flag "{key}"; {suggestion(key, {each.key for each in manifests.flags(project)})}')
    with progress("reading code"):
        named = references_in(code_files(code, paths), {key})
    asked = {url: evaluated(url) for url in urls}
    found = [retirement(flag, manifests, named, asked) for flag in flags]
    if output == "json":
        click.echo(indented([asdict(each) for each in found]))
    else:
        click.echo("\n".join(line for each in found for line in _lines(each)))
    if any(each.needed for each in found):
        ctx.exit(1)


def _lines(found: Retirement) -> Iterator[str]:
    yield printable(f"{found.project}/{found.flag}: {found.gives}")
    yield from (f"  {printable(each)}" for each in found.needed)
    if not found.needed:
        yield f"  nothing needs it any more{f'; remove it at {printable(found.place)}' if found.place else ''}"
