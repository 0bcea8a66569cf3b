"""Comparable: numbers and versions as conditions order them. Both take time linear in the text."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from flagd.condition.text import elements, text

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_NUMBER = re.compile(r"[ \t\n\r\f\v]*+([+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)[ \t\n\r\f\v]*+", re.ASCII)
_VERSION = re.compile(r"(\d++)\.(\d++)(?:\.(\d++)(?:-((?:[-\w]++(?:\.[-\w]++)*+\.?)?))?)?", re.ASCII)


def parse_number(source: str) -> float | None:
    """Return the number that `source` is, spaces around it allowed; None for other text, ``inf`` and ``0x1`` too."""
    match = _NUMBER.fullmatch(source)
    number = float(match[1]) if match else None
    return number if number is not None and isfinite(number) else None


def parse_version(source: str) -> str | None:
    """Return what orders versions ``major.minor[.patch[-pre-release]]``; None for any other text.

    One text, as that is the fastest to compare: each number is led by its length, as it may be long, and a pre-release
    comes before its release.
    """
    match = _VERSION.fullmatch(source)
    if match is None:
        return None
    numbers = [(part or "").lstrip("0") for part in match.group(1, 2, 3)]
    stage = "1" if match[4] is None else f"0{match[4]}"
    return "".join(f"{len(number):08x}{number}" for number in numbers) + stage


def number_of(value: object) -> float | None:
    """Return the number that `value` is; None for null, a list, and what is compared as text.

    Raises:
        OverflowError: it is too large for one.
    """
    if type(value) is float or type(value) is int:
        number = float(value)
        if isfinite(number):
            return number
    return _parsed(parse_number, value)


def version_of(value: object) -> str | None:
    """Return what orders the version that `value` is; None for null, a list, and what is compared as text."""
    return _parsed(parse_version, value)


def _parsed(parse: Callable[[str], T | None], value: object) -> T | None:
    single = text(value) if elements(value) is None else None
    return None if single is None else parse(single)


LONGEST_KEPT = 64
"""How many characters a text may have that `kept_number` and `kept_version` are asked for: they keep what they are."""

kept_number = lru_cache(4096)(number_of)
"""`number_of` for short texts: most calls ask for one of the same few thousand."""

kept_version = lru_cache(4096)(version_of)
"""`version_of` for short texts."""
