"""Comparable: numbers and versions as conditions order them. Both take time linear in the text."""

from __future__ import annotations

import re
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


def parse_version(source: str) -> tuple[object, ...] | None:
    """Return what orders versions ``major.minor[.patch[-pre-release]]``; None for any other text.

    Numbers are compared by length and digits, as they may be long; a pre-release comes before its release.
    """
    match = _VERSION.fullmatch(source)
    if match is None:
        return None
    numbers = [(part or "").lstrip("0") for part in match.group(1, 2, 3)]
    pre_release = match[4]
    return *((len(number), number) for number in numbers), pre_release is None, pre_release or ""


def number_of(value: object) -> float | None:
    """Return the number that `value` is, null for null.

    Raises:
        TypeError: it is neither a number nor a list.
        OverflowError: it is too large for one.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        if isfinite(number):
            return number
    return _parsed(parse_number, value)


def version_of(value: object) -> tuple[object, ...] | None:
    """Return what orders the version that `value` is, null for null.

    Raises:
        TypeError: it is not a version, or a list.
    """
    return _parsed(parse_version, value)


def _parsed(parse: Callable[[str], T | None], value: object) -> T | None:
    if value is None:
        return None
    single = text(value) if elements(value) is None else None
    parsed = None if single is None else parse(single)
    if parsed is None:
        raise TypeError("not comparable")
    return parsed
