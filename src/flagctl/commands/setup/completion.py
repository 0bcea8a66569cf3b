"""`flagctl completion`: the script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands in a shell.

    \b
    Examples:
      source <(flagctl completion bash)
      flagctl completion zsh > "${fpath[1]}/_flagctl"
      flagctl completion fish > ~/.config/fish/completions/flagctl.fish
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(ctx.find_root().command, {}, "flagctl", "_FLAGCTL_COMPLETE").source())
