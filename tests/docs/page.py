"""Page: a Markdown page as the code blocks in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. Its path is the file that the line above names last: "Save as `shop/flag.yaml`:"."""

    language: str
    path: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block, and the output that the page shows for it."""

    text: str
    output: tuple[str, ...]
    line: int


def pages() -> list[Path]:
    """Return all pages for readers, relative to the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(path.relative_to(ROOT) for path in found)


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of `page` from top to bottom."""
    text = (ROOT / page).read_text()
    found = re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [
        Block(match[1], _named(text[: match.start()]), match[2], text.count("\n", 0, match.start()) + 1)
        for match in found
    ]


def _named(above: str) -> str:
    last = above.rstrip().rpartition("\n")[2]
    named = re.search(r"`([\w./-]+\.(?:ya?ml|jsonl?|py|mjs|go|java|rs))`:$", last)
    return named[1] if named else ""


def commands(block: Block) -> list[Command]:
    """Split a console block at its prompts. A command that ends in a backslash goes on in the next line."""
    found: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ "):
            found.append(Command(line[2:], (), number))
        elif found and found[-1].text.endswith("\\") and not found[-1].output:
            found[-1] = Command(f"{found[-1].text}\n{line}", (), found[-1].line)
        else:
            assert found, f"line {number}: output before the first command"
            found[-1] = Command(found[-1].text, (*found[-1].output, line), found[-1].line)
    return found


def pattern(output: tuple[str, ...]) -> re.Pattern[str]:
    """Compile what a page shows: `…` stands for any text, on a line of its own for any lines; spaces for spaces."""
    return re.compile("".join(r"(?:.*\n)*?" if line.strip() == "…" else _line(line) for line in output))


def _line(shown: str) -> str:
    words = (re.escape(word).replace("…", ".*?") for word in shown.rstrip().split(" "))
    return re.sub(r"(?: \+)+", r" +", " +".join(words)) + r"[ \t]*\n"
