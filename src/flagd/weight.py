"""Weight: how much of an answer a flag may take, on the way that takes most."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    waiting = [value]  # without recursion, as nesting may be deep; it grows while it is walked through
    for part in waiting:
        if total > most:
            break
        total += _PART
        if isinstance(part, str):
            quoted = encode_basestring(part)
            total += len(quoted) if quoted.isascii() else len(quoted.encode("utf-8", "surrogatepass"))
        elif isinstance(part, dict):
            waiting += part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return total


class Scale:
    """Weighs many flags; what they share is weighed once. They must not be changed, nor dropped before it is."""

    __slots__ = ("_known", "_known_heaviest")

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._known_heaviest: dict[int, int] = {}

    def answer_bytes(self, flag: Mapping[str, Any]) -> int:
        """Return the most bytes that the answer for `flag`, an EvaluationFlag, takes; 0 for groups and odd ones."""
        try:
            metadata = flag.get("metadata", {})
            if not metadata.get("deployed", True):
                return 0
            around = _ENTRY + weight(flag["key"], CLIENT_BYTES) + self._weight(metadata)
            return around + self._heaviest(flag["variants"])
        except (AttributeError, KeyError, TypeError, ValueError):
            return 0

    def _heaviest(self, variants: Mapping[str, object]) -> int:
        known = self._known_heaviest.get(id(variants))
        if known is None:
            known = self._known_heaviest[id(variants)] = max(map(self._weight, variants.values()))
        return known

    def _weight(self, part: object) -> int:
        known = self._known.get(id(part))
        if known is None:
            known = self._known[id(part)] = weight(part, CLIENT_BYTES)
        return known


def in_mebibytes(size: int) -> str:
    """Return `size` for people: ``3.4 MiB``."""
    return f"{size / (1 << 20):.1f} MiB"
