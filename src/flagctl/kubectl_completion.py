"""Kubectl completion: how `kubectl flags …` may go on, in the form that kubectl takes from a plugin.

kubectl runs `kubectl_complete-flags` with the words after `flags`, the last of which is not finished. Each line of the
answer is a word and its description, with a tab between; the last line is `:` and a directive of Cobra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import ShellComplete

from flagctl.group import flagctl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

DIRECTIVES = {"file": 0, "dir": 16}
"""What Cobra makes of a word that names a file or a directory: the shell completes it."""
NO_FILES = 4


def completions(words: Sequence[str]) -> str:
    """Return the answer for the words after `kubectl flags`."""
    *before, unfinished = words or [""]
    items = ShellComplete(flagctl, {}, "kubectl flags", "").get_completions(before, unfinished)
    directive = next((DIRECTIVES[item.type] for item in items if item.type in DIRECTIVES), NO_FILES)
    return "\n".join([*(_line(item) for item in items if item.type not in DIRECTIVES), f":{directive}"])


def _line(item: CompletionItem) -> str:
    help_ = " ".join((item.help or "").split())
    return f"{item.value}\t{help_}" if help_ else str(item.value)
