"""Canonical JSON: one text for one value, so that equal rulesets have equal hashes.

Object keys in code point order, no spaces, UTF-8, non-ASCII as it is. Numbers as ECMAScript writes
them (1.0 → 1, 1e-7, 1e+21), but integers keep all their digits. Lone surrogates, which UTF-8 cannot
hold, are written as escapes.
"""

from __future__ import annotations

import json
import math

try:
    import orjson
except ImportError:  # a client has no need to hash quickly
    _quick = None
else:
    _OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

    def _quick(value: object) -> bytes:
        return orjson.dumps(value, option=_OPTIONS)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_DIGITS = b"0123456789"
_BEFORE_NUMBERS = (b"[", b":", b",")
_MOST_PLAIN_EXPONENT = 21
_LEAST_PLAIN_EXPONENT = -6


def canonical_json(value: object) -> bytes:
    """Return the canonical form of a JSON-shaped `value`. NaN and infinities are written as null.

    Raises:
        RecursionError: `value` is nested deeper than about 900 levels.
        TypeError: `value` holds something that JSON has not.
        ValueError: an integer has more than 4,300 digits.
    """
    if _quick is not None:
        try:
            text = _quick(value)
        except TypeError:  # lone surrogates, integers beyond 64 bits, deep nesting
            return standard_json(value)
        return text if _only_integers(value, text) else _slow(value)
    return standard_json(value)


def standard_json(value: object) -> bytes:
    """Do what `canonical_json` does, with the standard library alone."""
    try:
        text = _encode(_ENCODER.encode(value))
    except ValueError:
        return _slow(value)
    return text if _only_integers(value, text) else _slow(value)


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


def _only_integers(value: object, text: bytes) -> bool:
    # Both encoders write every float with a point or a signed exponent.
    return not (
        isinstance(value, float)
        or _follows_number(text, b".")
        or (b"+" in text and _follows_number(text, b"e+"))
        or _follows_number(text, b"e-")
    )


def _follows_number(text: bytes, mark: bytes) -> bool:
    """Return whether `mark` follows a number somewhere, or, harmlessly, some text that looks like one."""
    if mark not in text:
        return False
    for before in text.split(mark)[:-1]:  # many times as fast as a regular expression
        bare = before.rstrip(_DIGITS)
        if len(bare) < len(before) and bare.removesuffix(b"-").endswith(_BEFORE_NUMBERS):
            return True
    return False


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        # Writes a lone surrogate just as JSON escapes it; nothing else fails to encode.
        return paired.encode("utf-8", "backslashreplace")


def _slow(value: object) -> bytes:
    return _encode(_text(value))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_ENCODER.encode(key)}:{_text(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, float):
        return number_text(value) if math.isfinite(value) else "null"
    return _ENCODER.encode(value)
