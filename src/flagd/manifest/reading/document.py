"""Documents: the parts of a file between ``---`` lines, as plain JSON-shaped data.

libyaml gives the events, without recursion and without a limit of its own; the tree is built here,
so that depth and aliases are bounded, duplicate keys are seen, and scalars mean what they mean to
kubectl (see scalar.py). Positions are looked up later and only for documents with findings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.manifest.reading.jsontext import read_json
from flagd.manifest.reading.tree import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.reading.content import Content


_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    Attributes:
        index: position in the file, from 1.
        first_line: line in the file on which `text` begins, from 1.
        text: what stands there.
    """

    index: int
    first_line: int
    text: str

    @property
    def content(self) -> Content:
        """What it says, read again each time: who knows the text already need not ask."""
        body = self.text.removeprefix("---").lstrip()
        content = read_json(body) if body.startswith("{") else None
        return build(self.text) if content is None else content


def documents(text: str) -> Iterator[Document]:
    """Yield the documents of `text` that hold anything."""
    start = line = 0
    index = 0
    for end in [*(found.start() for found in _SEPARATOR.finditer(text)), len(text)]:
        part = text[start:end]
        lines = part.count("\n")
        if _holds_anything(part):
            index += 1
            yield Document(index, line + 1, part)
        start, line = end, line + lines


def _holds_anything(part: str) -> bool:
    body = part.removeprefix("---")
    return any(line and not line.isspace() and not line.lstrip().startswith("#") for line in body.split("\n"))
