"""Commands: their sections, each command imported when it is called, so that `--help` is quick."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from flagctl.failure import BrokenPipe
from flagctl.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator


class Section(NamedTuple):
    """A section of `--help`, and the verbs in it."""

    room: str
    title: str
    verbs: dict[str, str]
    """One line of help by name; the command is `command` in the module of that name (`import_` for a keyword)."""


SECTIONS = (
    Section(
        "manifests",
        "Write and check manifests",
        {
            "new": "Write the manifest of a new flag.",
            "import": "Write flags of other systems as manifests.",
            "lint": "Check manifests without a cluster.",
            "compile": "Print the evaluation flags that manifests compile to.",
            "generate": "Make typed accessors of flags, or OpenFeature's manifest.",
        },
    ),
    Section(
        "answers",
        "Ask what users get",
        {
            "eval": "Say which variant a user gets.",
            "explain": "Say why a user gets a variant, line by line.",
            "diff": "Say in words what differs between two states of manifests.",
            "impact": "Count the users that a change would move.",
        },
    ),
    Section(
        "cluster",
        "Look after a cluster",
        {
            "apply": "Apply manifests to a cluster, and wait until they are served.",
            "set": "Switch a live flag or move a percentage, by name.",
            "rollout": "Show and control flags whose percentages rise step by step.",
            "dashboard": "Show flags, ramps, explanations and previews in a browser.",
            "doctor": "Say what is wrong with an installation, in sentences.",
        },
    ),
    Section(
        "lifecycle",
        "Follow a flag to its end",
        {
            "promote": "Copy flags from one environment's files into another's.",
            "log": "Say who changed what of flags, and when, from Git.",
            "stale": "List flags that may be ready for removal.",
            "refs": "Find the keys of flags in code, and flags that no code names.",
            "retire": "Print what still needs a flag that is to be removed.",
        },
    ),
    Section(
        "setup",
        "Set up",
        {
            "key": "Make and hash deployment keys.",
            "crds": "Print the CustomResourceDefinitions as YAML.",
            "completion": "Print the script that completes commands in a shell.",
        },
    ),
)
ROOMS = {verb: section.room for section in SECTIONS for verb in section.verbs}
"""Where each verb is, in the order of `--help`."""


class Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its command."""
        if cmd_name.startswith("-"):
            return None  # click then says what is wrong with the option
        if cmd_name not in ROOMS:
            if ctx.resilient_parsing:
                return None  # a shell completes the line: what is wrong is said when it is run
            ctx.fail(f'no command "{cmd_name}"; {suggestion(cmd_name, ROOMS)}')
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"flagctl.commands.{ROOMS[cmd_name]}.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the sections without importing any command."""
        for section in SECTIONS:
            with formatter.section(section.title):
                formatter.write_dl(list(section.verbs.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what a shell offers for the first word, from the table too."""
        verbs = [verb for section in SECTIONS for verb in section.verbs.items()]
        found = [CompletionItem(name, help=text) for name, text in verbs if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

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
