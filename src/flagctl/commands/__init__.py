"""Commands: the table of commands, each imported when it is called, so that `--help` is quick."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import BrokenPipe
from flagctl.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = {
    "lint": "Check manifests without a cluster.",
    "compile": "Print the evaluation flags that manifests compile to.",
    "generate": "Make typed accessors of flags, or OpenFeature's manifest.",
    "eval": "Say which variant a user gets.",
    "explain": "Say why a user gets a variant, line by line.",
    "diff": "Say in words what differs between two states of manifests.",
    "impact": "Count the users that a change would move.",
    "promote": "Copy flags from one environment's files into another's.",
    "log": "Say who changed what of flags, and when, from Git.",
    "apply": "Apply manifests to a cluster, and wait until they are served.",
    "set": "Switch a live flag or move a percentage, by name.",
    "rollout": "Show and control flags whose percentages rise step by step.",
    "dashboard": "Show flags, ramps, explanations and previews in a browser.",
    "doctor": "Say what is wrong with an installation, in sentences.",
    "stale": "List flags that may be ready for removal.",
    "refs": "Find the keys of flags in code, and flags that no code names.",
    "retire": "Print what still needs a flag that is to be removed.",
    "new": "Write the manifest of a new flag.",
    "import": "Write flags of other systems as manifests.",
    "key": "Make and hash deployment keys.",
    "crds": "Print the CustomResourceDefinitions as YAML.",
    "completion": "Print the script that completes commands in a shell.",
}
"""One line of help by name; the command itself is `command` in the module of that name (`import_` for a keyword)."""


class Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its command."""
        if cmd_name.startswith("-"):
            return None  # click then says what is wrong with the option
        if cmd_name not in MODULES:
            ctx.fail(f'no command "{cmd_name}"; {suggestion(cmd_name, MODULES)}')
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"flagctl.commands.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(MODULES.items()))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """Parse the command line, which prints where it asks for help."""
        with _broken_pipe():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _broken_pipe():
            return super().invoke(ctx)


@contextmanager
def _broken_pipe() -> Iterator[None]:
    # click would end with 1, which here means that the answer is no.
    try:
        yield
    except BrokenPipeError:
        raise BrokenPipe from None
