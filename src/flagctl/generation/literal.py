"""Literal: text as Python's source has it, whatever somebody wrote in a manifest."""

from __future__ import annotations

import json
import textwrap

from flagctl.printable import printable

_WIDTH = 110


def literal(text: str) -> str:
    """Return the expression that is `text`, in double quotes."""
    return json.dumps(text, ensure_ascii=False)  # what JSON escapes, Python reads as well


def docstring(paragraphs: list[str], indent: str = "    ") -> str:
    """Return the docstring of `paragraphs`, indented; characters that end it or control anything are escaped."""
    safe = [printable(each).replace("\\", "\\\\").replace('"', '\\"') for each in paragraphs]
    lines = [line for each in safe for line in ("", *textwrap.wrap(each, _WIDTH, break_long_words=False))][1:]
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""\n'
    body = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
    return f'{indent}"""{body.removeprefix(indent)}{indent}"""\n'
