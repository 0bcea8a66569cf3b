"""Comparable: numbers and versions as conditions order them. Both take time linear in the text."""

from __future__ import annotations

import re
from math import isfinite

_NUMBER = re.compile(r"[ \t\n\r\f\v]*+([+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)[ \t\n\r\f\v]*+", re.ASCII)
_VERSION = re.compile(r"(\d++)\.(\d++)(?:\.(\d++)(?:-((?:[-\w]++(?:\.[-\w]++)*+\.?)?))?)?", re.ASCII)


def parse_number(text: str) -> float | None:
    """Return the number that `text` is, spaces around it allowed; None for any other text, ``inf`` and ``0x1`` too."""
    match = _NUMBER.fullmatch(text)
    number = float(match[1]) if match else None
    return number if number is not None and isfinite(number) else None


def parse_version(text: str) -> tuple[object, ...] | None:
    """Return what orders versions ``major.minor[.patch[-pre-release]]``; None for any other text.

    Numbers are compared by length and digits, as they may be long; a pre-release comes before its release.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    numbers = [(part or "").lstrip("0") for part in match.group(1, 2, 3)]
    pre_release = match[4]
    return *((len(number), number) for number in numbers), pre_release is None, pre_release or ""
