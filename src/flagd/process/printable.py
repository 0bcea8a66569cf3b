"""Printable: text that others wrote, fit to stand in a log: it cannot end a line, nor hide what is around it."""

from __future__ import annotations

import re

LONGEST = 8 * 1024
"""Characters of a text that are kept."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_BUT_BREAKS = re.compile(_UNSAFE.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))


def printable(text: str, longest: int = LONGEST) -> str:
    """Return `text` as one line: characters that control anything are escaped, and what is too long is cut."""
    return _UNSAFE.sub(_escaped, _cut(text, longest))


def printable_lines(text: str, longest: int = LONGEST) -> str:
    """Return the same of a text that may have several lines; tabs stay too."""
    return _UNSAFE_BUT_BREAKS.sub(_escaped, _cut(text, longest))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
