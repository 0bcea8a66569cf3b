"""ValueType: what the values of a flag are, where the flag says so, and how JSON must write them.

JSON has one kind of number, so 0.0 arrives as 0 wherever a ruleset goes over JSON. The declared type travels in the
flag's metadata, and gives a whole number its point back.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

ValueType = Literal["Boolean", "String", "Integer", "Float", "JSON"]

VALUE_TYPES: tuple[str, ...] = get_args(ValueType)

VALUE_TYPE = "valueType"
"""The metadata that names the type."""

LARGEST_INTEGER = 2**53 - 1
"""Beyond it, callers whose numbers are doubles would read another integer than was written."""

BOOLEANS = {"on": True, "true": True, "off": False, "false": False}
"""The texts that are booleans where a variant has no payload."""


def same_value(one: object, other: object) -> bool:
    """Return whether two values are one to a JSON caller: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return one == other


def is_float(metadata: object) -> bool:
    """Return whether `metadata`, of a flag or an answer, says that its numbers are floats; False if it is none."""
    return isinstance(metadata, dict) and metadata.get(VALUE_TYPE) == "Float"


def typed(payload: Any, metadata: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return `payload` as the type that `metadata` names has it: 1 of a Float is 1.0, and 1.0 of an Integer 1."""
    if type(payload) not in (int, float):
        return payload
    declared = metadata.get(VALUE_TYPE)
    if declared == "Float" and fits_float(payload):
        return float(payload)
    if declared == "Integer" and isinstance(payload, float) and payload.is_integer():
        return int(payload)
    return payload


def fits_float(number: float) -> bool:
    """Return whether `number` is within the range of a double."""
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def fits_integer(number: float) -> bool:
    """Return whether `number` is whole, and an integer that every caller reads as it was written."""
    return fits_float(number) and number == int(number) and abs(number) <= LARGEST_INTEGER
