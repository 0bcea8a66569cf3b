"""Walk: the console blocks of a section of docs/install.md, done on a node as a reader does them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.page import ROOT, blocks, commands, pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.node.node import Node

PAGE = Path("docs/install.md")
RUN = "kubectl run "


def walk(node: Node, section: str) -> None:
    """Run every command of a section; each prints what the page shows."""
    lines = (ROOT / PAGE).read_text().splitlines()
    first = lines.index(f"## {section}")
    last = next((number for number, line in enumerate(lines) if number > first and line.startswith("## ")), len(lines))
    for block in blocks(PAGE):
        if block.language != "console" or not first < block.line <= last:
            continue
        for command in commands(block):
            shown = pattern(command.output)
            printed = answer(node, command.text, lambda text, shown=shown: bool(shown.fullmatch(text)))
            assert shown.fullmatch(printed), f"{PAGE}:{command.line}: {command.text}\n{printed}"


def answer(node: Node, command: str, is_shown: Callable[[str], bool]) -> str:
    """Run a command and return what it prints.

    One that runs a new pod is run again where the node does not know the pod yet and refuses it, or where the pod has
    ended before kubectl was attached, which then prints nothing of it, also not why it was refused.
    """
    for _ in range(5):
        try:
            printed = node.shell(command)
        except RuntimeError:
            if not command.startswith(RUN):
                raise
        else:
            if is_shown(printed) or not command.startswith(RUN):
                return printed
    return node.shell(command)
