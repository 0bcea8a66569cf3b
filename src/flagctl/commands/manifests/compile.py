"""`flagctl compile`: manifests as the evaluation flags that Amplitude's SDKs read."""

from __future__ import annotations

import click

from flagctl.failure import Refused
from flagctl.files.manifests import paths_argument, read
from flagctl.files.project_option import project_option
from flagctl.output import indented


@click.command("compile")
@paths_argument
@project_option("Namespace to compile; needed if there are several.")
@click.option(
    "--delivery",
    type=click.Choice(["remote", "local"]),
    default="remote",
    show_default=True,
    help='remote: what flagd evaluates; local: what Amplitude\'s local SDKs get, where remote flags are "off".',
)
def command(paths: tuple[str, ...], project: str | None, delivery: str) -> None:
    """Print the evaluation flags of a project as a JSON array, which is what Amplitude's SDKs read.

    Flags that do not compile are left out: the others are printed, errors go to standard error, and
    the exit code is 1.

    \b
    Examples:
      flagctl compile flags/ --project shop
      flagctl compile flags/ --project shop --delivery local > flags.json
    """
    from flagctl.files.report import text_report
    from flagd.compiler import deliver_local
    from flagd.ruleset.forms.local_sdk import for_local_sdks

    manifests = read(paths)
    compiled = manifests.project(project)
    local = delivery == "local"
    flags = [for_local_sdks(deliver_local(flag)) for flag in compiled.flags] if local else compiled.flags
    click.echo(indented(flags))
    errors = manifests.errors(compiled.ruleset.project)
    if errors:
        click.echo(text_report(errors), err=True)
        raise Refused("what does not compile was left out")
