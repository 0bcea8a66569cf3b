"""Documents: the parts of a file between ``---`` lines, as plain JSON-shaped data.

libyaml gives the events, without recursion and without a limit of its own; the tree is built here,
so that depth and aliases are bounded, duplicate keys are seen, and scalars mean what they mean to
kubectl (see scalar.py). Positions are looked up later and only for documents with findings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from flagd.manifest.finding import Finding
from flagd.manifest.reading.jsontext import read_json
from flagd.manifest.reading.tree import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.path import FieldPath

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(slots=True)
class Document:
    """One document of a file.

    Attributes:
        index: position in the file, from 1.
        first_line: line in the file on which `text` begins, from 1.
        text: what stands there.
        data: what it says, as JSON would give it; None when empty or unreadable.
        findings: what is wrong with it as YAML.
        spelled: how unquoted scalars are spelled, by path: integers other than in decimal digits; in payloads and
            metadata booleans other than as true or false.
    """

    index: int
    first_line: int
    text: str
    data: Any = None
    findings: list[Finding] = field(default_factory=list)
    spelled: dict[FieldPath, str] = field(default_factory=dict)


def documents(text: str) -> Iterator[Document]:
    """Yield the documents of `text` that hold anything."""
    start = line = 0
    index = 0
    for end in [*(found.start() for found in _SEPARATOR.finditer(text)), len(text)]:
        part = text[start:end]
        lines = part.count("\n")
        if _holds_anything(part):
            index += 1
            yield _read(Document(index, line + 1, part))
        start, line = end, line + lines


def _holds_anything(part: str) -> bool:
    body = part.removeprefix("---")
    return any(line and not line.isspace() and not line.lstrip().startswith("#") for line in body.split("\n"))


def _read(document: Document) -> Document:
    body = document.text.removeprefix("---").lstrip()
    if body.startswith("{") and read_json(body, document):
        return document
    try:
        build(document)
    except yaml.YAMLError as error:
        document.data = None
        document.findings.append(_syntax(error, document.text))
    return document


def _syntax(error: yaml.YAMLError, source: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable as YAML"
    context = getattr(error, "context", None)
    if "<document start>" in str(problem):
        problem = "a document begins with `---`, also after `...`"
    if mark and _is_tab(source, mark.line):
        problem, context = "the line is indented with a tab; YAML takes spaces only", None
    text = f"{context}: {problem}" if context else str(problem)
    return Finding((), "InvalidYaml", text, line=mark.line if mark else 0)


def _is_tab(source: str, line: int) -> bool:
    lines = source.splitlines()[line : line + 1]
    return any("\t" in each[: len(each) - len(each.lstrip())] for each in lines)
