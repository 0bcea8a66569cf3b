"""Reference: a place in code where a flag is named, as its key in quotes, whatever the language. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# The closing quote is looked ahead to, not taken: it may open the next pair, as after the apostrophe in a comment.
_QUOTED = re.compile(r"""(["'`])(?=([^\n]{1,256}?)\1)""")


@dataclass(frozen=True, slots=True, order=True)
class CodeReference:
    """One place.

    Attributes:
        key: of the flag.
        file: as the user knows it.
        line: from 1.
        column: of the key's first character, from 1.
    """

    key: str
    file: str
    line: int
    column: int

    @property
    def place(self) -> str:
        """``src/shop.py:12:20``."""
        return f"{self.file}:{self.line}:{self.column}"


def references_in(files: Iterable[tuple[str, str]], keys: Collection[str]) -> list[CodeReference]:
    """Return where the texts of `files`, each with its path, name one of `keys`; by key and place."""
    known = frozenset(keys)
    return sorted(found for file, text in files for found in _references(file, text, known))


def _references(file: str, text: str, keys: frozenset[str]) -> Iterator[CodeReference]:
    line, counted, start = 1, 0, 0
    for match in _QUOTED.finditer(text):
        if match[2] in keys:
            at = match.start(2)
            line += text.count("\n", counted, at)
            start = text.rfind("\n", 0, at) + 1
            counted = at
            yield CodeReference(match[2], file, line, at - start + 1)
