"""Canonical JSON: one text for one value, so that equal rulesets have equal hashes.

Object keys in code point order, no spaces, UTF-8, non-ASCII as it is. Numbers as ECMAScript writes
them (1.0 → 1, 1e-7, 1e+21), but integers keep all their digits. Lone surrogates, which UTF-8 cannot
hold, are written as escapes.
"""

from __future__ import annotations

import json
import math
import re

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_STRING = json.JSONEncoder(ensure_ascii=False)
# Finds every number that is not an integer (and, harmlessly, some text that looks like one).
_FRACTIONAL = re.compile(r"(?:^|[\[:,])-?\d+[.e]")
_MOST_PLAIN_EXPONENT = 21
_LEAST_PLAIN_EXPONENT = -6


def canonical_json(value: object) -> bytes:
    """Return the canonical form of a JSON-shaped `value`. NaN and infinities are written as null.

    Raises:
        RecursionError: `value` is nested deeper than about 1,000 levels.
    """
    try:
        text = _ENCODER.encode(value)
    except ValueError:
        text = _text(value)
    else:
        if _FRACTIONAL.search(text):
            text = _text(value)
    # backslashreplace writes a surrogate just as JSON escapes it; nothing else fails to encode.
    return text.encode("utf-8", "backslashreplace")


def number_text(number: float) -> str:
    """Return `number` as ECMAScript's Number::toString does; it must be finite."""
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{number!r}e0".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent.partition("e")[0]) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= _MOST_PLAIN_EXPONENT:
        return digits + "0" * (point - len(digits))
    if 0 < point <= _MOST_PLAIN_EXPONENT:
        return f"{digits[:point]}.{digits[point:]}"
    if _LEAST_PLAIN_EXPONENT < point <= 0:
        return f"0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_STRING.encode(key)}:{_text(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, float):
        return number_text(value) if math.isfinite(value) else "null"
    return _ENCODER.encode(value)
