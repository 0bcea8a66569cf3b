"""Walk: the console blocks of a section of docs/install.md, done on a node as a reader does them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.page import ROOT, blocks, commands, pattern

if TYPE_CHECKING:
    from tests.node.node import Node

PAGE = Path("docs/install.md")
REFUSED = "cannot be reached"


def walk(node: Node, section: str) -> None:
    """Run every command of a section; each prints what the page shows."""
    lines = (ROOT / PAGE).read_text().splitlines()
    first = lines.index(f"## {section}")
    last = next((number for number, line in enumerate(lines) if number > first and line.startswith("## ")), len(lines))
    for block in blocks(PAGE):
        if block.language != "console" or not first < block.line <= last:
            continue
        for command in commands(block):
            printed = answer(node, command.text)
            assert pattern(command.output).fullmatch(printed), f"{PAGE}:{command.line}: {command.text}\n{printed}"


def answer(node: Node, command: str) -> str:
    """Run a command and return what it prints. One that asks from a new pod is refused until the node knows the pod."""
    for _ in range(5):
        try:
            return node.shell(command)
        except RuntimeError as error:
            if REFUSED not in str(error):
                raise
    return node.shell(command)
