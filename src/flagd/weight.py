"""Weight: how much of an answer a flag may take, on the way that takes most."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLIENT_BYTES = 4 * 1024 * 1024
"""Largest message that gRPC clients accept by default."""

WARN_BYTES = CLIENT_BYTES * 3 // 4
"""What an answer of all flags of a project may take without a word."""

_PART = 12
"""Bytes around one value in protobuf; a number is 9 of them."""
_ENTRY = 128
"""Bytes around the answer for one flag: its key apart, names of fields, reason, lengths."""


def weight(value: object, most: int) -> int:
    """Return how many bytes `value`, JSON-shaped, takes at most, as JSON or as a protobuf Value.

    Counting ends above `most`: aliases of YAML may make much of little.
    """
    total = 0
    for part in _parts(value):
        total += _PART + (_text_bytes(part) if isinstance(part, str) else 0)
        if total > most:
            break
    return total


def answer_bytes(flag: Mapping[str, Any]) -> int:
    """Return the most bytes that the answer for `flag`, an EvaluationFlag, takes; 0 for groups and malformed flags."""
    try:
        if not flag.get("metadata", {}).get("deployed", True):
            return 0
        around = _ENTRY + weight([flag["key"], flag.get("metadata")], CLIENT_BYTES)
        return around + max(weight(variant, CLIENT_BYTES) for variant in flag["variants"].values())
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0


def in_mebibytes(size: int) -> str:
    """Return `size` for people: ``3.4 MiB``."""
    return f"{size / (1 << 20):.1f} MiB"


def _parts(value: object) -> Iterator[Any]:
    """Yield `value` and all keys and values in it; without recursion, as nesting may be deep."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, dict):
            waiting += part.values()
            waiting += part
        elif isinstance(part, list):
            waiting += part


def _text_bytes(text: str) -> int:
    return len(encode_basestring(text).encode("utf-8", "surrogatepass"))
