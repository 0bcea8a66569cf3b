"""Text of values: what conditions compare and buckets hash, whatever the transport made of a value.

Source: ECMAScript (Number.toString, JSON.stringify), as Amplitude's engines for JavaScript do it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Never

_MAX_PARTS = 250_000
_MAX_NESTING = 100
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def text(value: object) -> str | None:
    """Return the text of `value`; None for null, and for what JSON does not know."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | tuple | Mapping):
        return None if value is None else _json_text(value)
    return _scalar_text(value)


def elements(value: object) -> list[str] | None:
    """Return the texts of the elements of a list, nulls dropped; None where `value` is not a list.

    Text that begins with a bracket and is a JSON array, at most 100 levels deep, is a list.
    """
    if isinstance(value, str):
        value = _parse_array(value) if value.startswith("[") else None
    if not isinstance(value, list | tuple):
        return None
    return [element for element in map(text, value) if element is not None]


def _scalar_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:  # more than sys.get_int_max_str_digits() digits
            return None
    return None


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if abs(value) < 2**53 and value.is_integer():
        return str(int(value))
    sign, digit_tuple, exponent = Decimal(float.__repr__(value)).as_tuple()
    all_digits = "".join(map(str, digit_tuple))
    digits = all_digits.rstrip("0")
    point = len(all_digits) + int(exponent)
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return minus + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{minus}{digits[0]}{fraction}e{point - 1:+d}"


class _Token(str):
    __slots__ = ()


def _json_text(root: object) -> str | None:
    """Return compact JSON. Without recursion, as nesting may be deep; a structure within itself is cut off."""
    parts: list[str] = []
    pending = [root]
    while pending and len(parts) < _MAX_PARTS:
        item = pending.pop()
        if isinstance(item, _Token):
            parts.append(item)
        elif isinstance(item, str):
            parts.append(_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", encode_basestring(item)))
        elif isinstance(item, list | tuple):
            _push(pending, "[", [part for element in item for part in (_Token(","), element)], "]")
        elif isinstance(item, Mapping):
            fields = [(_Token(","), _key_text(key), _Token(":"), field) for key, field in item.items()]
            _push(pending, "{", [part for field in fields for part in field], "}")
        else:
            parts.append(
                "null" if isinstance(item, float) and not math.isfinite(item) else _scalar_text(item) or "null"
            )
    return None if pending else "".join(parts)


def _key_text(key: object) -> str:
    return key if isinstance(key, str) else _scalar_text(key) or "null"


def _push(pending: list[object], start: str, parts: list[object], end: str) -> None:
    pending.append(_Token(end))
    pending.extend(reversed(parts[1:]))
    pending.append(_Token(start))


def _parse_array(source: str) -> object:
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += 1 if token[0] in "[{" else -1 if token[0] in "]}" else 0
        if depth > _MAX_NESTING:
            return None
    try:
        return _DECODER.decode(source)
    except (ValueError, RecursionError):
        return None


def _no_json(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_json)
